import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StoreError } from "../errors.ts";
import { codeOf } from "../kinds.ts";
import { standingOf } from "../postgres/course.ts";
import { connect, migrate, readMeta, reasoned, refuseForgetful, writeMeta } from "../postgres/open.ts";
import type { Database } from "../postgres/pool.ts";
import { MIGRATIONS } from "../postgres/schema.ts";
import { type Seal, sealIn } from "../seal.ts";
import { copied, isIn, namesIn, selected } from "./columns.ts";
import type { Facts, Sample, Source, Target } from "./ports.ts";
import type { Range } from "./ranges.ts";
import { NUMBERED, type Numbered, type Row, TABLES, type Table, type Value } from "./tables.ts";

/** How a Postgres is reached, and where in it Parley is. */
export interface Place {
  url: string;
  schema: string;
}

/** Rows at a time. */
const BATCH = 1_000;
const SAMPLES = 50;
/** Longest that others may take to finish what they write. */
const LOCK_WITHIN = "30s";

/**
 * Nodes that are still connected can read on and are told that nothing can be written: their error is that of a
 * database which is a standby.
 */
const SEALED = `
CREATE FUNCTION sealed_1() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'This database moved away and is sealed.' USING ERRCODE = 'read_only_sql_transaction';
END $$`;

/** The database of an installation, which nobody writes to while it is open but where it is only looked at. */
export function postgresSource(place: Place, look: boolean): Promise<Source> {
  return reached(place, async (sql) => {
    if (!(await holdsTables(sql, place.schema))) {
      throw new StoreError(`There is no Parley in ${aboutOf(place)}: nothing to move.`);
    }
    await sql.unsafe(`BEGIN ISOLATION LEVEL REPEATABLE READ${look ? " READ ONLY" : ""}`);
    // Hazard: the snapshot is taken by the first question, so the tables must be locked before it.
    if (!look) {
      await sql.unsafe(`SET LOCAL lock_timeout = '${LOCK_WITHIN}'`);
      await sql.unsafe(`LOCK TABLE ${[...TABLES.map(({ name }) => name), "meta"]} IN SHARE ROW EXCLUSIVE MODE`);
    }
    refuseOther(Number(await readMeta(sql, "schema_version")), place);
    return new PostgresSource(place, sql, sealIn(await readMeta(sql, "sealed")), await transactionOf(sql));
  });
}

/** A schema that is not there, or that only an interrupted move was in. */
export function postgresTarget(place: Place): Promise<Target> {
  return reached(place, async (sql) => {
    await refuseForgetful(sql);
    const arriving = (await holdsTables(sql, place.schema)) ? await arrivingIn(sql) : null;
    if (arriving === null && (await holdsTables(sql, place.schema))) {
      throw new StoreError(`${aboutOf(place)} is not empty: name another with --schema, or drop it.`);
    }
    return new PostgresTarget(place, sql, arriving);
  });
}

class PostgresSource implements Source {
  readonly about: string;
  readonly sealed: Seal | null;
  readonly #sql: Database;
  readonly #transaction: string;

  constructor(place: Place, sql: Database, sealed: Seal | null, transaction: string) {
    this.about = aboutOf(place);
    this.#sql = sql;
    this.sealed = sealed;
    this.#transaction = transaction;
  }

  async facts(): Promise<Facts> {
    const fact = (name: string) => readMeta(this.#sql, name);
    const number = async (name: string) => ((await fact(name)) === null ? null : Number(await fact(name)));
    const largest = Object.fromEntries(
      await Promise.all(NUMBERED.map(async (table) => [table, await this.#given(table)])),
    );
    return {
      epoch: (await standingOf(this.#sql)).epoch,
      house: await number("house"),
      owner: await number("owner"),
      ownershipSecret: await fact("ownership_secret"),
      largest,
    };
  }

  proof(): Promise<string | null> {
    return readMeta(this.#sql, "proof");
  }

  async samples(): Promise<Sample[]> {
    const rows = await this.#sql<{ body: string; digest: number }[]>`SELECT body, digest FROM entries
      WHERE kind = ${codeOf("message")} AND live AND digest IS NOT NULL ORDER BY id DESC LIMIT ${SAMPLES}`;
    return rows.map(({ body, digest }) => ({ text: JSON.parse(body).text, digest }));
  }

  count(table: Table): Promise<number> {
    return countOf(this.#sql, table);
  }

  rows(table: Table, range?: Range): AsyncIterable<Row[]> {
    return rowsOf(this.#sql, table, range);
  }

  async seal(seal: Seal): Promise<void> {
    await refuseBroken(this.#sql, this.#transaction);
    await writeMeta(this.#sql, "sealed", JSON.stringify(seal));
    await this.#sql.unsafe(SEALED);
    for (const name of [...TABLES.map((table) => table.name), "meta"]) {
      await this.#sql.unsafe(
        `CREATE TRIGGER sealed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${name} EXECUTE FUNCTION sealed_1()`,
      );
    }
    await this.#sql.unsafe("COMMIT");
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 1 });
  }

  async #given(table: Numbered): Promise<number> {
    const [row] = await this.#sql.unsafe<{ last: number }[]>(
      `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS last FROM ${table}_id_seq`,
    );
    return row?.last ?? 0;
  }
}

/** Everything happens in one transaction, the schema included. */
class PostgresTarget implements Target {
  readonly about: string;
  readonly arriving: string | null;
  readonly #schema: string;
  readonly #sql: Database;
  #transaction = "";

  constructor(place: Place, sql: Database, arriving: string | null) {
    this.about = aboutOf(place);
    this.#schema = place.schema;
    this.#sql = sql;
    this.arriving = arriving;
  }

  async begin(): Promise<void> {
    await this.#sql.unsafe("BEGIN");
    this.#transaction = await transactionOf(this.#sql);
    if (this.arriving !== null) await this.#sql.unsafe(`DROP SCHEMA "${this.#schema}" CASCADE`);
    await migrate(this.#sql, this.#schema);
  }

  async put(table: Table, rows: readonly Row[]): Promise<void> {
    const stream = await this.#sql.unsafe(`COPY ${table.name} (${namesIn(table)}) FROM STDIN`).writable();
    await pipeline(Readable.from([copied(table, rows)]), stream);
  }

  async clear(table: Table, range: Range): Promise<void> {
    await this.#sql.unsafe(`DELETE FROM ${table.name} WHERE ${isIn(table, range)}`);
  }

  count(table: Table): Promise<number> {
    return countOf(this.#sql, table);
  }

  rows(table: Table, range?: Range): AsyncIterable<Row[]> {
    return rowsOf(this.#sql, table, range);
  }

  async keep(facts: Facts, proof: string, move: string): Promise<void> {
    await refuseBroken(this.#sql, this.#transaction);
    const { epoch, house, owner, ownershipSecret, largest } = facts;
    const { timeline } = await standingOf(this.#sql);
    const meta = { epoch, timeline, house, owner, ownership_secret: ownershipSecret, proof, arriving: move };
    for (const [name, value] of Object.entries(meta)) {
      if (value !== null) await writeMeta(this.#sql, name, String(value));
    }
    for (const table of NUMBERED) {
      await this.#sql.unsafe(`SELECT setval('${table}_id_seq', ${largest[table]}) WHERE ${largest[table]} > 0`);
      await this.#sql.unsafe(`ANALYZE ${table}`);
    }
    await this.#sql.unsafe("COMMIT");
  }

  async open(): Promise<void> {
    await this.#sql`DELETE FROM meta WHERE name = 'arriving'`;
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 1 });
  }
}

/** A place for people: never with the password. */
function aboutOf({ url, schema }: Place): string {
  return `${url.replace(/\/\/[^@/]*@/, "//").replace(/\?.*$/, "")} (schema ${schema})`;
}

async function reached<T>(place: Place, open: (sql: Database) => Promise<T>): Promise<T> {
  // One connection, so that a transaction can span several questions.
  const sql = connect({ ...place, patience: 0 }, 1);
  try {
    return await open(sql);
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw reasoned(error, aboutOf(place));
  }
}

async function holdsTables(sql: Database, schema: string): Promise<boolean> {
  const [row] = await sql<{ some: boolean }[]>`
    SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = ${schema}) AS some`;
  return row?.some === true;
}

async function arrivingIn(sql: Database): Promise<string | null> {
  return readMeta(sql, "arriving").catch(() => null);
}

function refuseOther(version: number, place: Place): void {
  if (version === MIGRATIONS.length) return;
  throw new StoreError(
    version > MIGRATIONS.length
      ? `${aboutOf(place)} was written by a newer Parley: use that one.`
      : `${aboutOf(place)} was written by an older Parley: start and stop this one on it once.`,
  );
}

/** What tells one transaction from the next on the same line, or on another. */
async function transactionOf(sql: Database): Promise<string> {
  const [row] = await sql<{ id: string }[]>`SELECT pg_backend_pid() || ' ' || now()::text AS id`;
  return row?.id ?? "";
}

/** A line that broke is made again by itself, and then nothing of the transaction is left. */
async function refuseBroken(sql: Database, transaction: string): Promise<void> {
  if ((await transactionOf(sql)) !== transaction) throw new StoreError("The line to the database broke: move again.");
}

async function countOf(sql: Database, { name }: Table): Promise<number> {
  const [row] = await sql.unsafe<{ n: number }[]>(`SELECT count(*) AS n FROM ${name}`);
  return row?.n ?? 0;
}

async function* rowsOf(sql: Database, table: Table, range?: Range): AsyncGenerator<Row[]> {
  const rows = sql.unsafe<Record<string, Value>[]>(selected(table, range)).cursor(BATCH);
  for await (const batch of rows) {
    yield batch.map((row) => table.columns.map(({ name }) => row[name] as Value));
  }
}
