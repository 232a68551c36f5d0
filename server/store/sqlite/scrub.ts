import type { Database } from "bun:sqlite";
import { attempt } from "./errors.ts";

/** What was erased must be gone from the write-ahead file, too, within this time. */
export const SCRUB_WITHIN = 1_800_000;

/** Empties the write-ahead file some time after something was erased, since `secure_delete` does not reach it. */
export class Scrub {
  readonly #db: Database;
  readonly #within: number;
  #timer: Timer | undefined;

  constructor(db: Database, within: number) {
    this.#db = db;
    this.#within = within;
  }

  /** Something was erased just now. */
  due(): void {
    this.#timer ??= setTimeout(() => this.#run(), this.#within).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    this.#timer = undefined;
    if (!this.#emptied()) this.due();
  }

  /** False where a reader, a backup for example, still needs the file. */
  #emptied(): boolean {
    try {
      const [result] = attempt(() => this.#db.query<{ busy: number }, []>("PRAGMA wal_checkpoint(TRUNCATE)").all());
      return result?.busy === 0;
    } catch {
      return false;
    }
  }
}
