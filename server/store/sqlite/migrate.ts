import type { Database } from "bun:sqlite";
import { StoreError } from "../errors.ts";

/** One step of a migration, in SQL or as what is to be done. */
export type Step = string | ((db: Database) => void);

/** Brings a database to the last of these steps, each in a transaction of its own. Refuses one that is newer. */
export function migrate(db: Database, steps: readonly Step[]): void {
  db.run("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID");
  const version = Number(readMeta(db, "schema_version") ?? 0);
  if (version > steps.length) {
    throw new StoreError(
      `This database was written by a newer Parley (schema ${version}; this one knows ${steps.length}): use that one, or an older backup.`,
    );
  }
  steps.slice(version).forEach((step, at) => {
    db.transaction(() => {
      if (typeof step === "string") db.run(step);
      else step(db);
      writeMeta(db, "schema_version", version + at + 1);
    }).immediate();
  });
}

/** A fact about the whole database; null where it was never written. */
export function readMeta(db: Database, name: string): string | number | null {
  const row = db.query<{ value: string | number }, [string]>("SELECT value FROM meta WHERE name = ?").get(name);
  return row?.value ?? null;
}

export function writeMeta(db: Database, name: string, value: string | number): void {
  db.query("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value").run(
    name,
    value,
  );
}

export function dropMeta(db: Database, name: string): void {
  db.query("DELETE FROM meta WHERE name = ?").run(name);
}
