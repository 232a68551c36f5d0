import { Database } from "bun:sqlite";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "../errors.ts";
import { codeOf } from "../kinds.ts";
import { type Seal, sealIn } from "../seal.ts";
import { lockFolder } from "../sqlite/lock.ts";
import { migrate, readMeta, writeMeta } from "../sqlite/migrate.ts";
import { arrivingIn, explained } from "../sqlite/open.ts";
import { MIGRATIONS } from "../sqlite/schema.ts";
import type { Facts, Sample, Source, Target } from "./ports.ts";
import { isOf, type Range } from "./ranges.ts";
import type { Numbered, Row, Table, Value } from "./tables.ts";

/** Rows at a time. */
const BATCH = 1_000;
/** Messages that are looked at to tell whether a key is the right one. */
const SAMPLES = 50;

/** The database of a data folder, which nobody else may have open but to be looked at. Throws StoreError. */
export function sqliteSource(folder: string, look: boolean): Source {
  const file = join(folder, "parley.db");
  if (!existsSync(file)) throw new StoreError(`There is no parley.db in ${folder}: nothing to move.`);
  return attempted(folder, () => {
    const unlock = look ? () => {} : lockFolder(folder);
    try {
      return new SqliteSource(folder, new Database(file, look ? { readonly: true } : { readwrite: true }), unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  });
}

/** A data folder without a database, which is made where it is missing. Throws StoreError. */
export function sqliteTarget(folder: string, beforeKept: () => void): Target {
  return attempted(folder, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const unlock = lockFolder(folder);
    if (!existsSync(join(folder, "parley.db"))) return new SqliteTarget(folder, unlock, beforeKept);
    unlock();
    throw new StoreError(`The data folder ${folder} holds a parley.db already: name a folder without one.`);
  });
}

class SqliteSource implements Source {
  readonly about: string;
  readonly sealed: Seal | null;
  readonly #db: Database;
  readonly #unlock: () => void;

  constructor(folder: string, db: Database, unlock: () => void) {
    this.about = `the data folder ${folder}`;
    this.#db = db;
    this.#unlock = unlock;
    try {
      db.run("PRAGMA synchronous = FULL");
      db.run("BEGIN");
      refuseOther(Number(readMeta(db, "schema_version")), folder);
      this.sealed = sealIn(readMeta(db, "sealed"));
    } catch (error) {
      db.close();
      throw error;
    }
  }

  async facts(): Promise<Facts> {
    const fact = (name: string) => readMeta(this.#db, name);
    const number = (name: string) => (fact(name) === null ? null : Number(fact(name)));
    return {
      epoch: String(fact("epoch")),
      house: number("house"),
      owner: number("owner"),
      ownershipSecret: fact("ownership_secret") as string | null,
      largest: { conversations: this.#given("conversations"), users: this.#given("users"), entries: this.#lastEntry() },
    };
  }

  async proof(): Promise<null> {
    return null;
  }

  async samples(): Promise<Sample[]> {
    const rows = this.#db.query<{ body: string; digest: number }, [number]>(
      `SELECT body, digest FROM entries WHERE kind = ? AND live = 1 AND digest IS NOT NULL ORDER BY id DESC LIMIT ${SAMPLES}`,
    );
    return rows.all(codeOf("message")).map(({ body, digest }) => ({ text: JSON.parse(body).text, digest }));
  }

  async count(table: Table): Promise<number> {
    return countOf(this.#db, table);
  }

  rows(table: Table, range?: Range): Iterable<Row[]> {
    return rowsOf(this.#db, table, range);
  }

  async seal(seal: Seal): Promise<void> {
    writeMeta(this.#db, "sealed", JSON.stringify(seal));
    this.#db.run("COMMIT");
  }

  async close(): Promise<void> {
    this.#db.close();
    this.#unlock();
  }

  #given(table: Numbered): number {
    const row = this.#db.query<{ seq: number }, [string]>("SELECT seq FROM sqlite_sequence WHERE name = ?").get(table);
    return row?.seq ?? 0;
  }

  #lastEntry(): number {
    return this.#db.query<{ id: number | null }, []>("SELECT max(id) AS id FROM entries").get()?.id ?? 0;
  }
}

/** Until it opens, it stands beside the place where a server looks for it. */
class SqliteTarget implements Target {
  readonly about: string;
  readonly arriving: string | null;
  readonly #folder: string;
  readonly #file: string;
  readonly #unlock: () => void;
  readonly #beforeKept: () => void;
  #db: Database | null = null;

  constructor(folder: string, unlock: () => void, beforeKept: () => void) {
    this.about = `the data folder ${folder}`;
    this.#folder = folder;
    this.#file = arrivingIn(folder);
    this.#unlock = unlock;
    this.#beforeKept = beforeKept;
    this.arriving = existsSync(this.#file) ? moveIn(this.#file) : null;
  }

  async begin(): Promise<void> {
    this.#remove();
    const db = new Database(this.#file, { create: true, strict: true });
    this.#db = db;
    db.run("PRAGMA secure_delete = ON");
    // What is referred to may go and come again while the rest follows.
    db.run("PRAGMA foreign_keys = OFF");
    migrate(db, MIGRATIONS);
    db.run("BEGIN");
  }

  async put({ name, columns }: Table, rows: readonly Row[]): Promise<void> {
    const names = columns.map((column) => `"${column.name}"`);
    const insert = this.#open.query(`INSERT INTO ${name} (${names}) VALUES (${names.map(() => "?")})`);
    for (const row of rows) insert.run(...row);
  }

  async clear(table: Table, range: Range): Promise<void> {
    this.#open.run(`DELETE FROM ${table.name} WHERE ${isOf(table, range)}`);
  }

  async count(table: Table): Promise<number> {
    return countOf(this.#open, table);
  }

  rows(table: Table, range?: Range): Iterable<Row[]> {
    return rowsOf(this.#open, table, range);
  }

  async keep({ epoch, house, owner, ownershipSecret, largest }: Facts, _proof: string, move: string): Promise<void> {
    const facts = { epoch, house, owner, ownership_secret: ownershipSecret, moved_in: move };
    for (const [name, value] of Object.entries(facts)) if (value !== null) writeMeta(this.#open, name, value);
    const given = this.#open.query("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?");
    for (const table of ["conversations", "users"] as const) given.run(largest[table], table);
    this.#beforeKept();
    this.#open.run("COMMIT");
  }

  async open(): Promise<void> {
    this.#db?.close(true);
    this.#db = null;
    renameSync(this.#file, join(this.#folder, "parley.db"));
    sync(this.#folder);
  }

  async close(): Promise<void> {
    if (this.#db?.inTransaction) this.#remove();
    this.#db?.close();
    this.#db = null;
    this.#unlock();
  }

  get #open(): Database {
    return this.#db as Database;
  }

  #remove(): void {
    this.#db?.close();
    this.#db = null;
    for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${this.#file}${suffix}`, { force: true });
  }
}

function countOf(db: Database, { name }: Table): number {
  return db.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${name}`).get()?.n ?? 0;
}

function* rowsOf(db: Database, table: Table, range?: Range): Generator<Row[]> {
  const { name, columns, key } = table;
  const where = range === undefined ? "" : `WHERE ${isOf(table, range)}`;
  const names = columns.map((column) => `"${column.name}"`);
  const order = key.map((column) => `"${column}"`);
  const all = db.query<Record<string, Value>, []>(`SELECT ${names} FROM ${name} ${where} ORDER BY ${order}`);
  let batch: Row[] = [];
  for (const row of all.iterate()) {
    batch.push(columns.map((column) => row[column.name] as Value));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The move that left everything in this file; null where it did not come so far. */
function moveIn(file: string): string | null {
  const db = new Database(file, { readwrite: true });
  try {
    return readMeta(db, "moved_in") as string | null;
  } catch {
    return null;
  } finally {
    db.close();
  }
}

function refuseOther(version: number, folder: string): void {
  if (version === MIGRATIONS.length) return;
  throw new StoreError(
    version > MIGRATIONS.length
      ? `${join(folder, "parley.db")} was written by a newer Parley: use that one.`
      : `${join(folder, "parley.db")} was written by an older Parley: start and stop this one on it once.`,
  );
}

function attempted<T>(folder: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw explained(error, folder);
  }
}

/** A name is on disk only once its folder is. */
function sync(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
