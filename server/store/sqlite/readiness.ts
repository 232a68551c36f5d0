import type { Database } from "bun:sqlite";
import { circumstanceOf } from "./errors.ts";
import { writeMeta } from "./migrate.ts";

/** Bytes that must find room after a commit found none: more than an ordinary commit needs. */
const PROBE = 256 * 1024;

/** Whether commits can be written. Hazard: on a full disk a very small write may still find room in the files. */
export class Readiness {
  readonly #db: Database;
  #keptOut = false;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Carries out a commit, and remembers when circumstances prevent it. */
  watch<T>(commit: () => T): T {
    try {
      return commit();
    } catch (error) {
      if (circumstanceOf(error) !== null) this.#keptOut = true;
      throw error;
    }
  }

  /** Writes; throws where a commit would not be written either. */
  prove(): void {
    if (this.#keptOut) writeMeta(this.#db, "ready", "0".repeat(PROBE));
    writeMeta(this.#db, "ready", Date.now());
    this.#keptOut = false;
  }
}
