import type { Database, SQLQueryBindings, Statement } from "bun:sqlite";

type Bindings = SQLQueryBindings[];

/** Statements prepared once for a database. All must be finalized before it closes, or its files stay open. */
export class Statements {
  readonly #db: Database;
  readonly #prepared: Statement[] = [];

  constructor(db: Database) {
    this.#db = db;
  }

  prepare<Row = never, Values extends Bindings = Bindings>(sql: string): Statement<Row, Values> {
    const statement = this.#db.prepare(sql);
    this.#prepared.push(statement);
    return statement as unknown as Statement<Row, Values>;
  }

  finalize(): void {
    for (const statement of this.#prepared.splice(0)) statement.finalize();
  }
}
