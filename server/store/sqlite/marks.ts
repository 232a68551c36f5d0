import type { Statement } from "bun:sqlite";
import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import type { MarkMove } from "../../core/ports.ts";
import type { Statements } from "./statements.ts";

/** Moves marks, forward only and never beyond the head. Heads must have been written before. */
export class Marks {
  readonly #move: Statement<MarkMove, [number, number, number, number]>;
  readonly #advance: Statement<never, [number, number, number]>;
  readonly #authors = new Map<ConversationId, Map<UserId, Seq>>();

  constructor(statements: Statements) {
    this.#move = statements.prepare(
      `UPDATE members AS m SET read = max(m.read, min(?4, c.head)), delivered = max(m.delivered, min(max(?3, ?4), c.head))
       FROM conversations AS c
       WHERE m.conversation = ?1 AND m.user = ?2 AND c.id = ?1
         AND (m.read < min(?4, c.head) OR m.delivered < min(max(?3, ?4), c.head))
       RETURNING conversation, user, delivered, read`,
    );
    this.#advance = statements.prepare(
      "UPDATE members SET delivered = max(delivered, ?3), read = max(read, ?3) WHERE conversation = ?1 AND user = ?2",
    );
  }

  /** Forgets everything: a new batch begins. */
  clear(): void {
    this.#authors.clear();
  }

  /** Notes that somebody wrote a message: they have read up to there. */
  wrote(conversation: ConversationId, author: UserId, seq: Seq): void {
    const authors = this.#authors.get(conversation);
    if (authors) authors.set(author, seq);
    else this.#authors.set(conversation, new Map([[author, seq]]));
  }

  /** Moves the authors' own marks, and then these; the result is those of these that moved. */
  move(marks: readonly MarkMove[]): MarkMove[] {
    for (const [conversation, authors] of this.#authors) {
      for (const [author, seq] of authors) this.#advance.run(conversation, author, seq);
    }
    const moved = new Map<string, MarkMove>();
    for (const { conversation, user, delivered, read } of marks) {
      const now = this.#move.get(conversation, user, delivered, read);
      if (now) moved.set(`${conversation}:${user}`, now);
    }
    return [...moved.values()];
  }
}
