import type { Database } from "bun:sqlite";
import type { Checkpoints } from "./checkpoints.ts";
import { attempt } from "./errors.ts";

/** What was erased must be gone from the write-ahead file, too, within this time. */
export const SCRUB_WITHIN = 1_800_000;

/** Empties the write-ahead file some time after something was erased, since `secure_delete` does not reach it. */
export class Scrub {
  readonly #db: Database;
  readonly #checkpoints: Checkpoints;
  readonly #within: number;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(db: Database, checkpoints: Checkpoints, within: number) {
    this.#db = db;
    this.#checkpoints = checkpoints;
    this.#within = within;
  }

  /** Something was erased just now. */
  due(): void {
    this.#timer ??= setTimeout(() => void this.#run(), this.#within).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Hazard: while it is being copied, the file cannot be emptied. */
  async #run(): Promise<void> {
    await this.#checkpoints.settled();
    if (this.#stopped) return;
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
