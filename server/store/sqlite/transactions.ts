import type { Database, Statement } from "bun:sqlite";
import type { Statements } from "./statements.ts";

/** Everything within `run` is written, or nothing of it. */
export class Transactions {
  readonly #db: Database;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;

  constructor(db: Database, statements: Statements) {
    this.#db = db;
    this.#begin = statements.prepare("BEGIN IMMEDIATE");
    this.#commit = statements.prepare("COMMIT");
    this.#rollback = statements.prepare("ROLLBACK");
  }

  run<T>(work: () => T): T {
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (this.#db.inTransaction) this.#rollback.run();
      throw error;
    }
  }
}
