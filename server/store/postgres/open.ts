import postgres from "postgres";
import { StoreError } from "../errors.ts";
import { refuseMoved } from "../seal.ts";
import { codeOf, explained, isUndone } from "./errors.ts";
import { schemaLock } from "./locks.ts";
import { type Database, type Pool, poolOf, transact } from "./pool.ts";
import { MIGRATIONS } from "./schema.ts";

/** How a database is reached. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?…`, several hosts with commas between. */
  url: string;
  /** Everything of this installation stands in this schema, which is made where it is missing. */
  schema: string;
  /** Connections at once. */
  connections: number;
  /** A digest that only the server's secret gives: every node must have the same. */
  proof: string;
  /** Milliseconds after which a question that got no answer is given up, here and there. */
  patience: number;
  /** Called once where the history of the database is not any more what it was: a failover lost its end, or a backup. */
  turned?: () => void;
}

const CONNECT_SECONDS = 5;
/** Longest pause between two attempts to reach a server that is gone, in seconds. */
const LONGEST_PAUSE = 1;

/** Without these Postgres keeps for hours what somebody held whose network died: seconds, and milliseconds. */
const DEAD_LINES = {
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
  tcp_user_timeout: 25_000,
};

/** So often, and after such a pause, it is tried to bring a schema to the present where locks are in the way for so long. */
const ATTEMPTS = 20;
const PAUSE = 500;
const LOCK_WITHIN = 1_000;

/**
 * Reaches a database and brings its schema to the present; `ended` is called whenever a connection ends. Throws
 * StoreError, with one sentence.
 */
export async function openDatabase(options: PostgresOptions, ended: () => void): Promise<Pool> {
  const pool = poolOf((connections) => connect(options, connections, ended), options.connections);
  try {
    await refuseForgetful(pool.sql);
    await prepare(pool.sql, options);
    return pool;
  } catch (error) {
    await pool.end(1);
    throw reasoned(error);
  }
}

type Reached = Pick<PostgresOptions, "url" | "schema" | "patience">;

/** So many connections at most, the first with the first question; a `patience` of 0 is endless. */
export function connect({ url, schema, patience }: Reached, max: number, ended?: () => void): Database {
  return postgres(url, {
    max,
    connect_timeout: CONNECT_SECONDS,
    // The driver knows a standby by this one only.
    target_session_attrs: "primary",
    backoff: (attempt) => Math.min(LONGEST_PAUSE, 0.05 * 2 ** attempt) * (0.5 + Math.random() / 2),
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    onnotice: () => {},
    ...(ended && { onclose: ended }),
    connection: {
      application_name: "parley",
      search_path: schema,
      statement_timeout: patience,
      // Sooner, so that whoever waits for what it holds is not refused with it.
      idle_in_transaction_session_timeout: Math.ceil(patience / 2),
      ...DEAD_LINES,
    },
  });
}

/** A database that loses what it acknowledged must not keep a log. */
export async function refuseForgetful(sql: Database): Promise<void> {
  for (const setting of ["fsync", "synchronous_commit", "full_page_writes"]) {
    const [row] = await sql<{ value: string | null }[]>`SELECT current_setting(${setting}, true) AS value`;
    if (row?.value === "off") {
      throw new StoreError(`This Postgres runs with ${setting} off and could lose messages that were acknowledged.`);
    }
  }
}

/** One node migrates, and the others that start wait for it; where it is in the way of those that run, it tries again. */
async function prepare(sql: Database, options: PostgresOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await prepareOnce(sql, options);
    } catch (error) {
      if (!isUndone(error) || attempt === ATTEMPTS) throw error;
      await Bun.sleep(PAUSE);
    }
  }
}

function prepareOnce(sql: Database, { schema, proof }: PostgresOptions): Promise<void> {
  return transact(sql, async (one) => {
    await migrate(one, schema);
    refuseMoved(await readMeta(one, "sealed"), await readMeta(one, "arriving"));
    if ((await readMeta(one, "epoch")) === null) await writeMeta(one, "epoch", freshEpoch());
    const known = await readMeta(one, "proof");
    if (known === null) await writeMeta(one, "proof", proof);
    else if (known !== proof) {
      throw new StoreError("SECRET_KEY is another one than that of the nodes which use this database already.");
    }
  });
}

/** Brings a schema to the present within a transaction, and makes it where it is missing. Refuses one that is newer. */
export async function migrate(one: Database, schema: string): Promise<void> {
  await one`SET LOCAL statement_timeout = 0`;
  await one`SELECT pg_advisory_xact_lock(${schemaLock()})`;
  // Whoever waits for a lock on a table keeps all those waiting who come later.
  await one.unsafe(`SET LOCAL lock_timeout = ${LOCK_WITHIN}`);
  await one.unsafe(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  await one`CREATE TABLE IF NOT EXISTS meta (name text PRIMARY KEY, value text NOT NULL)`;
  const version = Number((await readMeta(one, "schema_version")) ?? 0);
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      `This database was written by a newer Parley (schema ${version}; this one knows ${MIGRATIONS.length}): use that one, or an older backup.`,
    );
  }
  if (version === MIGRATIONS.length) return;
  for (const step of MIGRATIONS.slice(version)) await one.unsafe(step);
  await writeMeta(one, "schema_version", String(MIGRATIONS.length));
}

function freshEpoch(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString("base64url");
}

/** A fact about the whole database; null where it was never written. */
export async function readMeta(sql: Database, name: string): Promise<string | null> {
  const [row] = await sql<{ value: string }[]>`SELECT value FROM meta WHERE name = ${name}`;
  return row?.value ?? null;
}

export async function writeMeta(sql: Database, name: string, value: string): Promise<void> {
  await sql`INSERT INTO meta (name, value) VALUES (${name}, ${value}) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
}

/** One sentence for whoever runs the server; never the address, which holds the password. */
export function reasoned(error: unknown, called = "The database of DATABASE_URL"): unknown {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  if (error instanceof postgres.PostgresError) {
    return new StoreError(`The database refused: ${error.message} (${code}).`);
  }
  return explained(error) === error ? error : new StoreError(`${called} cannot be reached (${code}).`);
}
