import type { Statement } from "bun:sqlite";
import type { ConversationId, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Committed, MarkMove } from "../../core/commit.ts";
import { MOVES_KEPT } from "../bounds.ts";
import type { Statements } from "./statements.ts";

/** What a kind of mark is stored as. */
export const MARK_KINDS = { delivered: 0, read: 1 } as const;

/** Counts once for each of these conversations, and for the inbox of each of these people. */
export const RAISE = `UPDATE conversations SET moved = moved + 1 WHERE id IN
  (SELECT value FROM json_each(?1) UNION ALL SELECT inbox FROM users WHERE id IN (SELECT value FROM json_each(?2)))
  RETURNING id, moved`;

type Marked = Record<keyof typeof MARK_KINDS, Seq>;

/** Moves marks, forward only and never beyond the head. Heads must have been written before. */
export class Marks {
  readonly #move: Statement<MarkMove, [number, number, number, number]>;
  readonly #was: Statement<Marked, [number, number]>;
  readonly #keep: Statement<never, [number, number, number, number, number, number]>;
  readonly #trim: Statement<never, [number, number, number]>;
  readonly #raise: Statement<{ id: number; moved: number }, [string, string]>;

  constructor(statements: Statements) {
    this.#move = statements.prepare(
      `UPDATE members AS m SET read = max(m.read, min(?4, c.head)), delivered = max(m.delivered, min(max(?3, ?4), c.head))
       FROM conversations AS c
       WHERE m.conversation = ?1 AND m.user = ?2 AND c.id = ?1
         AND (m.read < min(?4, c.head) OR m.delivered < min(max(?3, ?4), c.head))
       RETURNING conversation, user, delivered, read`,
    );
    this.#was = statements.prepare("SELECT delivered, read FROM members WHERE conversation = ? AND user = ?");
    this.#keep = statements.prepare(
      "INSERT INTO moves (conversation, user, kind, seq, past, time) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#trim = statements.prepare(
      `DELETE FROM moves WHERE conversation = ?1 AND user = ?2 AND kind = ?3 AND seq <=
         (SELECT seq FROM moves WHERE conversation = ?1 AND user = ?2 AND kind = ?3
          ORDER BY seq DESC LIMIT 1 OFFSET ${MOVES_KEPT})`,
    );
    this.#raise = statements.prepare(RAISE);
  }

  /** The result is those that moved. A message moves nobody's marks, not even its author's. */
  move(marks: readonly MarkMove[]): Omit<Committed, "outcomes"> {
    const moved = new Map<string, MarkMove>();
    for (const { conversation, user, delivered, read, time } of marks) {
      const was = time === undefined ? null : this.#was.get(conversation, user);
      const now = this.#move.get(conversation, user, delivered, read);
      if (!now) continue;
      if (was && time !== undefined) this.#remember(now, was, time);
      moved.set(`${conversation}:${user}`, time === undefined ? now : { ...now, time });
    }
    return { moved: [...moved.values()], raised: this.#count([...moved.values()]) };
  }

  #count(moved: readonly MarkMove[]): Committed["raised"] {
    if (moved.length === 0) return new Map();
    const conversations = moved.flatMap(({ conversation, time }) => (time !== undefined ? conversation : []));
    const people = moved.flatMap(({ user, time }) => (time === undefined ? user : []));
    const raised = this.#raise.all(JSON.stringify(conversations), JSON.stringify(people));
    return new Map(raised.map(({ id, moved }) => [id, moved]));
  }

  #remember(now: MarkMove, was: Marked, time: Time): void {
    const { conversation, user } = now;
    for (const mark of ["delivered", "read"] as const) {
      if (now[mark] > was[mark]) this.#passed(conversation, user, MARK_KINDS[mark], was[mark], now[mark], time);
    }
  }

  #passed(conversation: ConversationId, user: UserId, kind: number, past: Seq, seq: Seq, time: Time): void {
    this.#keep.run(conversation, user, kind, seq, past, time);
    this.#trim.run(conversation, user, kind);
  }
}
