import { Database } from "bun:sqlite";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Epoch } from "@parley/protocol/ids";
import { StoreError } from "../errors.ts";
import { refuseMoved } from "../seal.ts";
import { MOST_GATHERED } from "./checkpoints.ts";
import { circumstanceOf } from "./errors.ts";
import { lockFolder } from "./lock.ts";
import { migrate, readMeta, type Step, writeMeta } from "./migrate.ts";
import { MIGRATIONS } from "./schema.ts";

/** A database that this process alone writes. */
export interface Opened {
  db: Database;
  epoch: Epoch;
  /** Writes everything into the one file, and lets others open the folder. */
  close(): void;
}

/** Opens the database of a data folder, and makes both where they are missing. Throws StoreError. */
export function openFolder(folder: string, steps: readonly Step[] = MIGRATIONS): Opened {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const unlock = lockFolder(folder);
    try {
      const file = join(folder, "parley.db");
      if (!existsSync(file)) refuseMoved(null, existsSync(arrivingIn(folder)) ? "its file" : null);
      return { ...openDatabase(file, steps, unlock) };
    } catch (error) {
      unlock();
      throw error;
    }
  } catch (error) {
    throw explained(error, folder);
  }
}

/** Where a database stands that moves into this folder, until all of it is there. */
export function arrivingIn(folder: string): string {
  return join(folder, "parley.db.arriving");
}

function openDatabase(path: string, steps: readonly Step[], unlock: () => void): Opened {
  const db = new Database(path, { create: true, strict: true });
  try {
    configure(db);
    migrate(db, steps);
    refuseMoved(readMeta(db, "sealed"), null);
    return { db, epoch: epochOf(db), close: () => closeDatabase(db, unlock) };
  } catch (error) {
    db.close();
    throw error;
  }
}

function configure(db: Database): void {
  // Hazard: secure_delete before any write; synchronous and foreign_keys hold for this connection only.
  db.run("PRAGMA secure_delete = ON");
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = FULL");
  db.run("PRAGMA foreign_keys = ON");
  db.run("PRAGMA busy_timeout = 250");
  db.run("PRAGMA cache_size = -32768");
  db.run(`PRAGMA wal_autocheckpoint = ${MOST_GATHERED}`);
}

/** Made with the database; writing `opened` each time shows at once whether the disk can be written. */
function epochOf(db: Database): Epoch {
  writeMeta(db, "opened", Date.now());
  const epoch = readMeta(db, "epoch");
  if (typeof epoch === "string") return epoch;
  const fresh = Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString("base64url");
  writeMeta(db, "epoch", fresh);
  return fresh;
}

function closeDatabase(db: Database, unlock: () => void): void {
  try {
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
    unlock();
  }
}

/** One sentence for whoever runs the server. */
export function explained(error: unknown, folder: string): Error {
  if (error instanceof StoreError) return error;
  const circumstance = circumstanceOf(error);
  if (circumstance === "NOTADB" || circumstance === "CORRUPT") {
    return new StoreError(`${join(folder, "parley.db")} is damaged or not a database of Parley: restore a backup.`);
  }
  if (circumstance === "FULL") return new StoreError(`The disk that holds the data folder ${folder} is full.`);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (circumstance === null && !/^E[A-Z]+$/.test(code)) return error as Error;
  return new StoreError(`The data folder ${folder} cannot be read and written (${code}).`);
}
