import type { Leases } from "../../core/ports.ts";
import type { Database } from "./pool.ts";

/** Milliseconds between two signs of life of a node. */
const SIGN = 2_000;
/** After so long without one a node's names are anybody's. */
const DEAD = "6 seconds";
const DEAD_MS = 6_000;
/** Nodes that were silent for so long are forgotten with all they held. */
const FORGOTTEN = "1 day";

/** Names in use on all nodes of a database, by its clock. A node begins to give signs of life with its first name. */
export class SharedLeases implements Leases {
  readonly #sql: Database;
  readonly #node = crypto.randomUUID();
  readonly #held = new Set<string>();
  /** What was asked last: a name that is freed and taken again must not be freed afterwards. */
  #last: Promise<unknown> = Promise.resolve();
  #timer: Timer | null = null;
  #signed = 0;
  #wanted: (name: string) => void = () => {};
  #lost: (name: string) => void = () => {};

  constructor(sql: Database) {
    this.#sql = sql;
  }

  take(name: string): Promise<boolean> {
    return this.#inTurn(() => this.#take(name));
  }

  free(name: string): Promise<void> {
    this.#held.delete(name);
    return this.#inTurn(async () => {
      await this.#sql`DELETE FROM leases WHERE name = ${name} AND node = ${this.#node}`;
    });
  }

  async #take(name: string): Promise<boolean> {
    await this.#live();
    const [row] = await this.#sql<{ mine: boolean }[]>`
      INSERT INTO leases AS l (name, node) VALUES (${name}, ${this.#node})
      ON CONFLICT (name) DO UPDATE SET
        node = CASE WHEN l.node = excluded.node OR ${this.#isDead()} THEN excluded.node ELSE l.node END,
        wanted = l.node <> excluded.node AND NOT (${this.#isDead()})
      RETURNING node = ${this.#node} AS mine`;
    const mine = row?.mine === true;
    if (mine) this.#held.add(name);
    return mine;
  }

  listen(wanted: (name: string) => void, lost: (name: string) => void): void {
    const [earlierWanted, earlierLost] = [this.#wanted, this.#lost];
    this.#wanted = (name) => {
      earlierWanted(name);
      wanted(name);
    };
    this.#lost = (name) => {
      earlierLost(name);
      lost(name);
    };
  }

  /** Gives every name back. */
  async close(): Promise<void> {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    await this.#sql`DELETE FROM leases WHERE node = ${this.#node}`;
    await this.#sql`DELETE FROM nodes WHERE id = ${this.#node}`;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn;
    return turn;
  }

  #isDead() {
    const since = this.#sql.unsafe(`now() - interval '${DEAD}'`);
    return this.#sql`NOT EXISTS (SELECT FROM nodes AS n WHERE n.id = l.node AND n.seen > ${since})`;
  }

  async #live(): Promise<void> {
    if (this.#timer) return;
    this.#timer = setInterval(() => void this.#sign().catch(() => {}), SIGN).unref();
    await this.#sign();
  }

  async #sign(): Promise<void> {
    const sql = this.#sql;
    const silent = performance.now() - this.#signed > DEAD_MS;
    await sql`INSERT INTO nodes (id, seen) VALUES (${this.#node}, now()) ON CONFLICT (id) DO UPDATE SET seen = now()`;
    this.#signed = performance.now();
    await this.#hear();
    if (silent) await this.#checkAll();
  }

  /** Who was wanted meanwhile? */
  async #hear(): Promise<void> {
    const rows = await this.#sql<{ name: string }[]>`
      UPDATE leases SET wanted = false WHERE node = ${this.#node} AND wanted RETURNING name`;
    for (const { name } of rows) this.#wanted(name);
  }

  /** After a silence others may have taken names of this node; and nodes that are long gone are forgotten. */
  async #checkAll(): Promise<void> {
    const sql = this.#sql;
    const rows = await sql<{ name: string }[]>`SELECT name FROM leases WHERE node = ${this.#node}`;
    const kept = new Set(rows.map(({ name }) => name));
    for (const name of this.#held) {
      if (kept.has(name)) continue;
      this.#held.delete(name);
      this.#lost(name);
    }
    await sql.unsafe(
      `DELETE FROM leases WHERE node NOT IN (SELECT id FROM nodes WHERE seen > now() - interval '${FORGOTTEN}')`,
    );
    await sql.unsafe(`DELETE FROM nodes WHERE seen < now() - interval '${FORGOTTEN}'`);
  }
}
