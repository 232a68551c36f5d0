import type { Statement } from "bun:sqlite";
import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, EntryId, Seq, Time } from "@parley/protocol/ids";
import type { Item } from "@parley/protocol/messages";
import type { Logged, Stretch } from "../../core/rows.ts";
import { SCANNED } from "../bounds.ts";
import { type Edit, itemOf } from "../items.ts";
import { ENTRY, type EntryRow, entryOf, loggedOf } from "../rows.ts";
import type { Statements } from "./statements.ts";

/** An entry, with the seq of its last edit. */
const SEEN = `SELECT ${ENTRY}, (SELECT max(g.seq) FROM edits AS g
    WHERE g.conversation = entries.conversation AND g.target = entries.seq) AS edited FROM entries`;

/** Every question about the log, as it is put to the database. */
export const HISTORY = {
  head: "SELECT head FROM conversations WHERE id = ?",
  entry: `SELECT ${ENTRY} FROM entries WHERE conversation = ? AND seq = ?`,
  located: `SELECT ${ENTRY} FROM entries WHERE id = ?`,
  after: `SELECT ${ENTRY} FROM entries WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?`,
  down: `${SEEN} WHERE conversation = ? AND seq <= ? AND seq >= ? ORDER BY seq DESC LIMIT ${SCANNED}`,
  up: `${SEEN} WHERE conversation = ? AND seq >= ? ORDER BY seq LIMIT ${SCANNED}`,
  edit: "SELECT body, time FROM entries WHERE conversation = ? AND seq = ?",
} as const;

type SeenRow = EntryRow & { edited: Seq | null };

/** An entry's bytes besides its key and body, about. */
const ENVELOPE = 80;

/** Reads the log, as entries and as what they add up to. */
export class History {
  readonly #head: Statement<{ head: Seq }, [number]>;
  readonly #entry: Statement<EntryRow, [number, number]>;
  readonly #located: Statement<EntryRow, [number]>;
  readonly #after: Statement<EntryRow, [number, number, number]>;
  readonly #down: Statement<SeenRow, [number, number, number]>;
  readonly #up: Statement<SeenRow, [number, number]>;
  readonly #edit: Statement<{ body: string; time: Time }, [number, number]>;

  constructor(statements: Statements) {
    this.#head = statements.prepare(HISTORY.head);
    this.#entry = statements.prepare(HISTORY.entry);
    this.#located = statements.prepare(HISTORY.located);
    this.#after = statements.prepare(HISTORY.after);
    this.#down = statements.prepare(HISTORY.down);
    this.#up = statements.prepare(HISTORY.up);
    this.#edit = statements.prepare(HISTORY.edit);
  }

  entry(conversation: ConversationId, seq: Seq): Entry | null {
    const row = this.#entry.get(conversation, seq);
    return row && entryOf(row);
  }

  located(id: EntryId): Logged | null {
    const row = this.#located.get(id);
    return row && loggedOf(row);
  }

  entries(conversation: ConversationId, after: Seq, limit: number, bytes: number): Entry[] {
    const taken: Entry[] = [];
    let size = 0;
    for (const row of this.#after.iterate(conversation, after, limit)) {
      size += ENVELOPE + row.key.length + row.body.length;
      if (taken.length > 0 && size > bytes) break;
      taken.push(entryOf(row));
    }
    return taken;
  }

  stretch(conversation: ConversationId, at: { before: Seq } | { after: Seq }, lowest: Seq, limit: number): Stretch {
    const asOf = this.#head.get(conversation)?.head ?? 0;
    if ("before" in at) return this.#before(conversation, Math.min(at.before - 1, asOf), lowest, limit, asOf);
    return this.#since(conversation, Math.max(at.after + 1, lowest), limit, asOf);
  }

  #before(conversation: ConversationId, to: Seq, lowest: Seq, limit: number, asOf: Seq): Stretch {
    const items: Item[] = [];
    let from = to + 1;
    for (const row of this.#down.iterate(conversation, to, lowest)) {
      if (items.length === limit) break;
      from = row.seq;
      const item = this.#itemOf(row);
      if (item) items.push(item);
    }
    return { from, to, asOf, items: items.reverse() };
  }

  #since(conversation: ConversationId, from: Seq, limit: number, asOf: Seq): Stretch {
    const items: Item[] = [];
    let to = from - 1;
    for (const row of this.#up.iterate(conversation, from)) {
      if (items.length === limit) break;
      to = row.seq;
      const item = this.#itemOf(row);
      if (item) items.push(item);
    }
    return { from, to, asOf, items };
  }

  #itemOf(row: SeenRow): Item | null {
    return itemOf(entryOf(row), row.edited === null ? null : this.#editAt(row.conversation, row.edited));
  }

  #editAt(conversation: ConversationId, seq: Seq): Edit | null {
    const row = this.#edit.get(conversation, seq);
    if (!row) return null;
    const { text } = JSON.parse(row.body) as { text: string | null };
    return { text, time: row.time };
  }
}
