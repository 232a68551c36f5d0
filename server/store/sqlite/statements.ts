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
    const statement = this.#db.prepare(plannedOnce(sql));
    this.#prepared.push(statement);
    return statement as unknown as Statement<Row, Values>;
  }

  finalize(): void {
    for (const statement of this.#prepared.splice(0)) statement.finalize();
  }
}

/**
 * Hazard: where a parameter's value could change the plan, SQLite plans the statement anew each time one is bound, which
 * takes many times as long as carrying it out. Behind a sign, which changes no value, it does not look at it.
 */
export function plannedOnce(sql: string): string {
  return sql.replaceAll("?", "+?");
}
