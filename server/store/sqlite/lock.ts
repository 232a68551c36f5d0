import { Database } from "bun:sqlite";
import { join } from "node:path";
import { FolderInUse } from "../errors.ts";
import { circumstanceOf } from "./errors.ts";

/**
 * Hazard: a database that nothing refers to is collected and closed, and its lock is gone with it. The lock is gone as
 * well when anything else in this process opens and closes that file.
 */
const held = new Set<Database>();

/**
 * Takes a data folder for this process; the result gives it back. It is a lock of the operating system on a file of
 * its own, so it ends with the process, however that ends, and the database itself stays readable for backups.
 */
export function lockFolder(folder: string): () => void {
  const db = new Database(join(folder, "parley.lock"), { create: true });
  try {
    db.run("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if (circumstanceOf(error) !== "BUSY") throw error;
    throw new FolderInUse(folder);
  }
  held.add(db);
  return () => {
    held.delete(db);
    db.run("ROLLBACK");
    db.close(true);
  };
}
