import type { Statement } from "bun:sqlite";
import { cursorCheck } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Opening } from "../../core/commit.ts";
import { fold } from "../../core/fold.ts";
import type { Statements } from "./statements.ts";

/** The part of a conversation's row that entries change. */
export interface Head {
  readonly id: ConversationId;
  seq: Seq;
  messages: number;
  name: string | null;
  owner: UserId | null;
  members: number;
  closed: number;
  /** The last entry that is not written into the row yet. */
  last: Entry | null;
  /** Something besides the head changed. */
  changed: boolean;
  /** Since when those are members who were asked for, as far as it is known. */
  readonly since: Map<UserId, Seq>;
}

type Row = Omit<Head, "last" | "changed" | "since">;

/** Heads and memberships that are kept, each. */
const KEPT = 20_000;

/**
 * Heads of conversations: read once, counted on in memory, written once at the end of each batch. They are kept from
 * batch to batch, for nobody else writes them; after a batch that failed they are not what stands in the database.
 */
export class Heads {
  readonly #select: Statement<Row, [number]>;
  readonly #insert: Statement<never, (string | number | null)[]>;
  readonly #update: Statement<never, [number, number, number, number]>;
  readonly #change: Statement<never, (string | number | null)[]>;
  readonly #joined: Statement<{ joined: Seq }, [number, number]>;
  readonly #kept = new Map<ConversationId, Head>();
  readonly #written = new Set<Head>();
  #members = 0;

  constructor(statements: Statements) {
    this.#select = statements.prepare(
      "SELECT id, head AS seq, messages, name, owner, members, closed FROM conversations WHERE id = ?",
    );
    this.#joined = statements.prepare("SELECT joined FROM members WHERE conversation = ? AND user = ?");
    this.#insert = statements.prepare(
      "INSERT INTO conversations (kind, name, folded, topic, visibility, owner, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#update = statements.prepare("UPDATE conversations SET head = ?, head_check = ?, messages = ? WHERE id = ?");
    this.#change = statements.prepare(
      "UPDATE conversations SET name = ?, folded = ?, owner = ?, members = ?, closed = ? WHERE id = ?",
    );
  }

  /** A new batch begins: where too much is kept, it begins anew. */
  begin(): void {
    if (this.#kept.size > KEPT || this.#members > KEPT) this.forget();
  }

  /** Nothing of what was counted on in memory is so. */
  forget(): void {
    this.#kept.clear();
    this.#written.clear();
    this.#members = 0;
  }

  find(id: ConversationId): Head | null {
    const kept = this.#kept.get(id);
    if (kept) return kept;
    const row = this.#select.get(id);
    if (!row) return null;
    const head: Head = { ...row, last: null, changed: false, since: new Map() };
    this.#kept.set(id, head);
    return head;
  }

  /** Since when this person is a member there, null where they are none. */
  memberSince(id: ConversationId, user: UserId): Seq | null {
    const head = this.find(id);
    const known = head?.since.get(user);
    if (known !== undefined) return known;
    const joined = this.#joined.get(id, user)?.joined ?? null;
    if (joined === null) return null;
    head?.since.set(user, joined);
    this.#members += 1;
    return joined;
  }

  of(id: ConversationId): Head {
    const head = this.find(id);
    if (!head) throw new Error(`There is no conversation ${id}.`);
    return head;
  }

  /** Makes an empty conversation. */
  open({ kind, name, topic, visibility, owner }: Opening, created: Time): ConversationId {
    const { lastInsertRowid } = this.#insert.run(kind, name, fold(name ?? ""), topic, visibility, owner, created);
    return Number(lastInsertRowid);
  }

  /** This entry stands behind the head now. */
  advance(head: Head, entry: Entry): void {
    head.seq = entry.seq;
    head.last = entry;
    this.#written.add(head);
  }

  /** Writes what the batch changed. */
  flush(): void {
    for (const head of this.#written) {
      const { id, last, messages, name, owner, members, closed, changed } = head;
      if (last) this.#update.run(last.seq, cursorCheck(last.author, last.key), messages, id);
      if (changed) this.#change.run(name, fold(name ?? ""), owner, members, closed, id);
      head.last = null;
      head.changed = false;
    }
    this.#written.clear();
  }
}
