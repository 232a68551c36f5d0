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
  /** The last entry that this batch put there. */
  last: Entry | null;
  /** Something besides the head changed. */
  changed: boolean;
}

type Row = Omit<Head, "last" | "changed">;

/** The heads that a batch touches: read once, counted on in memory, written once at its end. */
export class Heads {
  readonly #select: Statement<Row, [number]>;
  readonly #insert: Statement<never, (string | number | null)[]>;
  readonly #advance: Statement<never, [number, number, number, number]>;
  readonly #change: Statement<never, (string | number | null)[]>;
  readonly #touched = new Map<ConversationId, Head>();

  constructor(statements: Statements) {
    this.#select = statements.prepare(
      "SELECT id, head AS seq, messages, name, owner, members, closed FROM conversations WHERE id = ?",
    );
    this.#insert = statements.prepare(
      "INSERT INTO conversations (kind, name, folded, topic, visibility, owner, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#advance = statements.prepare("UPDATE conversations SET head = ?, head_check = ?, messages = ? WHERE id = ?");
    this.#change = statements.prepare(
      "UPDATE conversations SET name = ?, folded = ?, owner = ?, members = ?, closed = ? WHERE id = ?",
    );
  }

  /** Forgets everything: a new batch begins. */
  clear(): void {
    this.#touched.clear();
  }

  find(id: ConversationId): Head | null {
    const touched = this.#touched.get(id);
    if (touched) return touched;
    const row = this.#select.get(id);
    if (!row) return null;
    const head: Head = { ...row, last: null, changed: false };
    this.#touched.set(id, head);
    return head;
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

  /** Writes what the batch changed. */
  flush(): void {
    for (const { id, last, messages, name, owner, members, closed, changed } of this.#touched.values()) {
      if (last) this.#advance.run(last.seq, cursorCheck(last.author, last.key), messages, id);
      if (changed) this.#change.run(name, fold(name ?? ""), owner, members, closed, id);
    }
  }
}
