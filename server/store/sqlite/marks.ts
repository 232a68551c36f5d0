import type { Statement } from "bun:sqlite";
import type { MarkMove } from "../../core/ports.ts";
import type { Statements } from "./statements.ts";

/** Moves marks, forward only and never beyond the head. Heads must have been written before. */
export class Marks {
  readonly #move: Statement<MarkMove, [number, number, number, number]>;

  constructor(statements: Statements) {
    this.#move = statements.prepare(
      `UPDATE members AS m SET read = max(m.read, min(?4, c.head)), delivered = max(m.delivered, min(max(?3, ?4), c.head))
       FROM conversations AS c
       WHERE m.conversation = ?1 AND m.user = ?2 AND c.id = ?1
         AND (m.read < min(?4, c.head) OR m.delivered < min(max(?3, ?4), c.head))
       RETURNING conversation, user, delivered, read`,
    );
  }

  /** The result is those that moved. A message moves nobody's marks, not even its author's. */
  move(marks: readonly MarkMove[]): MarkMove[] {
    const moved = new Map<string, MarkMove>();
    for (const { conversation, user, delivered, read } of marks) {
      const now = this.#move.get(conversation, user, delivered, read);
      if (now) moved.set(`${conversation}:${user}`, now);
    }
    return [...moved.values()];
  }
}
