import type { Statement } from "bun:sqlite";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import type { Statements } from "./statements.ts";

/** Every question about who blocked whom, as it is put to the database. */
export const BLOCKS = {
  list: "SELECT blocked FROM blocks WHERE user = ? AND blocked > ? ORDER BY blocked LIMIT ?",
  between: "SELECT 1 FROM blocks WHERE (user = ?1 AND blocked = ?2) OR (user = ?2 AND blocked = ?1)",
  within: `SELECT 1 FROM members AS m WHERE m.conversation = ?1 AND (
    EXISTS (SELECT 1 FROM blocks WHERE user = m.user AND blocked = ?2)
    OR EXISTS (SELECT 1 FROM blocks WHERE user = ?2 AND blocked = m.user))`,
} as const;

/** Who takes no messages from whom. */
export class Blocks {
  readonly #list: Statement<{ blocked: UserId }, [number, number, number]>;
  readonly #between: Statement<object, [number, number]>;
  readonly #within: Statement<object, [number, number]>;
  readonly #insert: Statement<never, [number, number]>;
  readonly #delete: Statement<never, [number, number]>;

  constructor(statements: Statements) {
    const prepare = statements.prepare.bind(statements);
    this.#list = prepare(BLOCKS.list);
    this.#between = prepare(BLOCKS.between);
    this.#within = prepare(BLOCKS.within);
    this.#insert = prepare("INSERT INTO blocks (user, blocked) VALUES (?, ?) ON CONFLICT DO NOTHING");
    this.#delete = prepare("DELETE FROM blocks WHERE user = ? AND blocked = ?");
  }

  block(by: UserId, user: UserId): void {
    this.#insert.run(by, user);
  }

  unblock(by: UserId, user: UserId): void {
    this.#delete.run(by, user);
  }

  blocks(user: UserId, after: UserId, limit: number): UserId[] {
    return this.#list.all(user, after, limit).map(({ blocked }) => blocked);
  }

  estranged(one: UserId, other: UserId): boolean {
    return this.#between.get(one, other) !== null;
  }

  /** Does a block stand between this person and a member of this conversation? */
  isWithin(conversation: ConversationId, user: UserId): boolean {
    return this.#within.get(conversation, user) !== null;
  }
}
