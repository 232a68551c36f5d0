import type { Statement } from "bun:sqlite";
import type { ConversationId, Time } from "@parley/protocol/ids";
import type { Committed, Draft, MarkMove, Opening, Outcome, Write } from "../../core/commit.ts";
import type { Logged } from "../../core/rows.ts";
import { codeOf } from "../kinds.ts";
import { firstOf, known, placed, repeated } from "../placing.ts";
import { ENTRY, type EntryRow, loggedOf } from "../rows.ts";
import type { Accesses } from "./access.ts";
import type { Blocks } from "./blocks.ts";
import { Guards } from "./guards.ts";
import { Heads } from "./heads.ts";
import { Marks } from "./marks.ts";
import { Projection } from "./project.ts";
import type { Statements } from "./statements.ts";
import type { Transactions } from "./transactions.ts";

/** Finds the entry that claims a key. */
export const CLAIMED = `SELECT ${ENTRY} FROM entries WHERE conversation = ? AND author = ? AND key = ? AND digest IS NOT NULL`;

/** Carries out whole batches, each in one transaction. */
export class Commits {
  readonly #transactions: Transactions;
  readonly #accesses: Accesses;
  readonly #heads: Heads;
  readonly #guards: Guards;
  readonly #marks: Marks;
  readonly #directs: Directs;
  readonly #insert: Statement<never, (string | number | null)[]>;
  readonly #claimed: Statement<EntryRow, [number, number, string]>;
  readonly #projection: Projection;

  constructor(transactions: Transactions, statements: Statements, accesses: Accesses, blocks: Blocks) {
    this.#transactions = transactions;
    this.#accesses = accesses;
    this.#heads = new Heads(statements);
    this.#guards = new Guards(statements, this.#heads, accesses, blocks);
    this.#marks = new Marks(statements);
    this.#directs = new Directs(statements);
    this.#projection = new Projection(statements, blocks);
    this.#insert = statements.prepare(
      `INSERT INTO entries (conversation, seq, live, author, kind, time, digest, key, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#claimed = statements.prepare(CLAIMED);
  }

  commit(writes: readonly Write[], marks: readonly MarkMove[]): Committed {
    if (writes.length === 0 && marks.length === 0) return { outcomes: [], moved: [], raised: new Map() };
    this.#heads.begin();
    try {
      return this.#transactions.run(() => {
        const outcomes = writes.map((write) => this.#write(write));
        this.#heads.flush();
        return { outcomes, ...this.#marks.move(marks) };
      });
    } catch (error) {
      this.#heads.forget();
      throw error;
    }
  }

  /** Was a text erased since this was last asked? */
  takeErased(): boolean {
    const { erased } = this.#projection;
    this.#projection.erased = false;
    return erased;
  }

  /** The entry that claims this key. */
  recall(author: number, conversation: ConversationId, key: string): { logged: Logged; digest: number } | null {
    const row = this.#claimed.get(conversation, author, key);
    return row && { logged: loggedOf(row), digest: row.digest as number };
  }

  #write(write: Write): Outcome {
    if (write.open) return this.#earlier(write) ?? this.#refusal(write) ?? this.#open(write, write.open);
    // Asked before the key, which the insert itself checks: a refusal is rare, and then the key is looked up.
    const refusal = this.#refusal(write);
    if (refusal) return this.#earlier(write) ?? refusal;
    return this.#append(write, null);
  }

  #earlier(write: Write): Outcome | null {
    const { author, conversation, key } = firstOf(write);
    const claimed = this.recall(author, conversation, key);
    return claimed ? repeated(write, claimed) : this.#directs.earlier(write);
  }

  #refusal({ guards }: Write): Outcome | null {
    for (const guard of guards) if (!this.#guards.holds(guard)) return { is: "refused", guard };
    return null;
  }

  #open(write: Write, opening: Opening): Outcome {
    const opened = this.#heads.open(opening, write.time);
    this.#directs.opened(opening, opened);
    return this.#append(write, opened);
  }

  #append(write: Write, opened: ConversationId | null): Outcome {
    const logged: Logged[] = [];
    for (const draft of write.drafts) {
      const next = this.#put(draft, write.time, opened, logged.length === 0);
      if (!next) return this.#earlier(write) as Outcome;
      logged.push(next);
    }
    if (write.access) this.#accesses.apply(write.access);
    return { is: "written", logged, opened };
  }

  /** Writes the next entry of a log; null where it claims a key that was claimed before. */
  #put(draft: Draft, time: Time, opened: ConversationId | null, claims: boolean): Logged | null {
    const head = this.#heads.of(known(draft.conversation, opened));
    const seq = head.seq + 1;
    const logged = placed(draft, { id: 0, seq, time }, opened);
    const { entry } = logged;
    const { author, key, kind } = entry;
    const live = kind === "message" ? 1 : 0;
    const digest = claims ? draft.digest : null;
    const body = JSON.stringify(entry.body);
    const done = this.#insert.run(head.id, seq, live, author, codeOf(kind), time, digest, key, body);
    if (done.changes === 0) return null;
    entry.id = Number(done.lastInsertRowid);
    this.#heads.advance(head, entry);
    this.#projection.apply(head, entry);
    return logged;
  }
}

/** Directs, each found by its two people. */
class Directs {
  readonly #find: Statement<{ conversation: number }, [number, number]>;
  readonly #insert: Statement<never, [number, number, number]>;
  readonly #told: Statement<EntryRow, [number, number]>;
  readonly #first: Statement<EntryRow, [number]>;

  constructor(statements: Statements) {
    this.#find = statements.prepare("SELECT conversation FROM directs WHERE low = ? AND high = ?");
    this.#insert = statements.prepare("INSERT INTO directs (low, high, conversation) VALUES (?, ?, ?)");
    this.#told = statements.prepare(
      `SELECT ${ENTRY} FROM entries WHERE conversation = ? AND body ->> '$.conversation' = ? AND kind = 8 LIMIT 1`,
    );
    this.#first = statements.prepare(`SELECT ${ENTRY} FROM entries WHERE conversation = ? AND seq = 1`);
  }

  opened({ pair }: Opening, conversation: ConversationId): void {
    if (pair) this.#insert.run(...pair, conversation);
  }

  /** The outcome for whoever opens a direct that is there already. */
  earlier(write: Write): Outcome | null {
    const pair = write.open?.pair;
    const direct = pair && this.#find.get(...pair)?.conversation;
    if (!direct) return null;
    const row = this.#told.get(firstOf(write).conversation, direct) ?? this.#first.get(direct);
    return row && { is: "duplicate", logged: loggedOf(row), opened: direct };
  }
}
