import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, EntryId, Key, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Item } from "@parley/protocol/messages";
import type { Logged, Stretch } from "../../core/rows.ts";
import { SCANNED } from "../bounds.ts";
import { type Edit, itemOf } from "../items.ts";
import { ENTRY, type EntryRow, entryOf, loggedOf } from "../rows.ts";
import type { Database } from "./pool.ts";

type Fragment = ReturnType<Database>;

/** An entry's bytes besides its key and body, about. */
const ENVELOPE = 80;

/** An entry with the last edit of the message that it is. */
type Seen = EntryRow & { edit: string | null; edited: Time | null };

/** Reads the log, as entries and as what they add up to. */
export class History {
  readonly #sql: Database;

  constructor(sql: Database) {
    this.#sql = sql;
  }

  async entry(conversation: ConversationId, seq: Seq): Promise<Entry | null> {
    const sql = this.#sql;
    const [row] = await sql<EntryRow[]>`
      SELECT ${sql.unsafe(ENTRY)} FROM entries WHERE conversation = ${conversation} AND seq = ${seq}`;
    return row ? entryOf(row) : null;
  }

  async located(id: EntryId): Promise<Logged | null> {
    const sql = this.#sql;
    const [row] = await sql<EntryRow[]>`SELECT ${sql.unsafe(ENTRY)} FROM entries WHERE id = ${id}`;
    return row ? loggedOf(row) : null;
  }

  async recall(
    author: UserId,
    conversation: ConversationId,
    key: Key,
  ): Promise<{ logged: Logged; digest: number } | null> {
    const sql = this.#sql;
    const [row] = await sql<EntryRow[]>`SELECT ${sql.unsafe(ENTRY)} FROM entries
      WHERE conversation = ${conversation} AND author = ${author} AND key = ${key} AND digest IS NOT NULL`;
    return row ? { logged: loggedOf(row), digest: row.digest as number } : null;
  }

  /** The bytes are counted where the rows are, so that no more travels than is taken. */
  async entries(conversation: ConversationId, after: Seq, limit: number, bytes: number): Promise<Entry[]> {
    const sql = this.#sql;
    const rows = await sql<EntryRow[]>`SELECT ${sql.unsafe(ENTRY)} FROM (
        SELECT *, row_number() OVER w AS nth, sum(${ENVELOPE}::bigint + length(key) + length(body)) OVER w AS size
        FROM (SELECT * FROM entries WHERE conversation = ${conversation} AND seq > ${after} ORDER BY seq LIMIT ${limit}) AS e
        WINDOW w AS (ORDER BY seq)
      ) AS sized WHERE nth = 1 OR size <= ${bytes} ORDER BY seq`;
    return rows.map(entryOf);
  }

  async stretch(
    conversation: ConversationId,
    at: { before: Seq } | { after: Seq },
    lowest: Seq,
    limit: number,
  ): Promise<Stretch> {
    const sql = this.#sql;
    const [row] = await sql<{ head: Seq }[]>`SELECT head FROM conversations WHERE id = ${conversation}`;
    const asOf = row?.head ?? 0;
    if ("before" in at) return this.#before(conversation, Math.min(at.before - 1, asOf), lowest, limit, asOf);
    return this.#since(conversation, Math.max(at.after + 1, lowest), limit, asOf);
  }

  async #before(conversation: ConversationId, to: Seq, lowest: Seq, limit: number, asOf: Seq): Promise<Stretch> {
    const { items, last } = await this.#scan(
      this.#sql`seq <= ${to} AND seq >= ${lowest}`,
      this.#sql`DESC`,
      conversation,
      limit,
    );
    return { from: last ?? to + 1, to, asOf, items: items.reverse() };
  }

  async #since(conversation: ConversationId, from: Seq, limit: number, asOf: Seq): Promise<Stretch> {
    const { items, last } = await this.#scan(
      this.#sql`seq >= ${from} AND seq <= ${asOf}`,
      this.#sql`ASC`,
      conversation,
      limit,
    );
    return { from, to: last ?? from - 1, asOf, items };
  }

  /** Goes on until there are `limit` items; a page that has them at once costs one question. */
  async #scan(
    where: Fragment,
    direction: Fragment,
    conversation: ConversationId,
    limit: number,
  ): Promise<{ items: Item[]; last: Seq | null }> {
    const items: Item[] = [];
    let last: Seq | null = null;
    let passed = 0;
    for (let ask = Math.min(SCANNED, limit); passed < SCANNED && items.length < limit; ask = SCANNED - passed) {
      const rows = await this.#page(where, direction, conversation, ask, passed);
      for (const row of rows) {
        if (items.length === limit) break;
        last = row.seq;
        const item = itemOf(entryOf(row), editOf(row));
        if (item) items.push(item);
      }
      passed += rows.length;
      if (rows.length < ask) break;
    }
    return { items, last };
  }

  // Hazard: the order within a joined page is not that of its rows unless it is asked for again.
  #page(
    where: Fragment,
    direction: Fragment,
    conversation: ConversationId,
    limit: number,
    offset: number,
  ): Promise<Seen[]> {
    const sql = this.#sql;
    return sql<Seen[]>`SELECT e.*, l.body AS edit, l.time AS edited FROM
      (SELECT ${sql.unsafe(ENTRY)} FROM entries WHERE conversation = ${conversation} AND ${where}
        ORDER BY seq ${direction} LIMIT ${limit} OFFSET ${offset}) AS e
      LEFT JOIN LATERAL (SELECT max(seq) AS seq FROM edits WHERE conversation = e.conversation AND target = e.seq) AS d ON true
      LEFT JOIN entries AS l ON l.conversation = e.conversation AND l.seq = d.seq
      ORDER BY e.seq ${direction}`;
  }
}

function editOf({ edit, edited }: Seen): Edit | null {
  if (edit === null || edited === null) return null;
  const { text } = JSON.parse(edit) as { text: string | null };
  return { text, time: edited };
}
