import type { Database, Statement } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";
import { circumstanceOf } from "./errors.ts";
import type { Statements } from "./statements.ts";

/** Pages in the write-ahead file from which on they are copied into the database, on a thread of its own. */
const GATHERED = 1_000;
/** Pages from which on the commit itself copies them, where that thread does not keep up. */
export const MOST_GATHERED = 4_000;
/** Writes after which is looked how many pages there are. */
const LOOKED_AFTER = 200;
/** Milliseconds without work after which the thread is let go. */
const CALM = 10_000;

/** The database, by its path and as an open file. */
export interface Copying {
  path: string;
  file: number;
}

/** How a copy went. */
export interface Copied {
  failed: string | null;
}

/** A thread of this runtime; while it has no work, the process may end. */
export type Thread = Worker & { ref(): void; unref(): void };

interface Pages {
  log: number;
  checkpointed: number;
}

export interface CheckpointParts {
  /** Starts the thread that copies. */
  start(): Thread;
  calm: number;
}

const REAL: CheckpointParts = {
  start: () => new Worker(new URL("./checkpointer.ts", import.meta.url), { smol: true }) as Thread,
  calm: CALM,
};

/**
 * Keeps the write-ahead file small while there is always more to commit: a thread copies it into the database and syncs
 * that, and only the few pages that came meanwhile are copied here, so that the file can be begun anew.
 */
export class Checkpoints {
  readonly #path: string;
  #file: number | null = null;
  readonly #parts: CheckpointParts;
  readonly #look: Statement<Pages, []>;
  readonly #copy: Statement<Pages, []>;
  #thread: Thread | null = null;
  #running: Promise<void> | null = null;
  #writes = 0;
  /** Where the file ended when it was last to be copied: while somebody reads from it, no more of it can be. */
  #end = 0;
  #calm: Timer | undefined;

  constructor(db: Database, statements: Statements, parts = REAL) {
    this.#path = db.filename;
    this.#parts = parts;
    this.#look = statements.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#copy = statements.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** So much was committed just now. */
  written(writes: number): void {
    this.#writes += writes;
    if (this.#writes < LOOKED_AFTER || this.#running) return;
    this.#writes = 0;
    const { log, checkpointed } = this.#pages();
    // From there on the next commit copies, and waits for it: nobody may write faster for long than the disk copies.
    if (log >= MOST_GATHERED) return;
    if (log < this.#end) this.#end = 0;
    if (log - Math.max(checkpointed, this.#end) < GATHERED) return;
    this.#end = log;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when nothing is being copied. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Resolves when no thread of it has the database open any more. */
  async stop(): Promise<void> {
    await this.#running;
    this.#dismiss();
  }

  /** Hazard: once the database is closed and not before, since a process that closes a file gives up its locks on it. */
  release(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#calm);
    const { failed } = await this.#copied();
    if (failed === null) this.#finish();
    this.#calm = setTimeout(() => this.#dismiss(), this.#parts.calm).unref();
  }

  /** Of all that stands in the file now. Where that fails, the commits go on, and copy it in the end. */
  async #copied(): Promise<Copied> {
    try {
      this.#file ??= openSync(this.#path, "r");
      this.#thread ??= this.#parts.start();
      return await this.#answer(this.#thread, { path: this.#path, file: this.#file });
    } catch (error) {
      return { failed: String(error) };
    }
  }

  #answer(thread: Thread, copying: Copying): Promise<Copied> {
    return new Promise((resolve) => {
      thread.ref();
      thread.onmessage = ({ data }: MessageEvent<Copied>) => {
        thread.unref();
        resolve(data);
      };
      thread.onerror = ({ message }) => {
        this.#dismiss();
        resolve({ failed: message });
      };
      thread.postMessage(copying);
    });
  }

  /** The next commit begins the file anew where nothing of it is left. */
  #finish(): void {
    const { log, checkpointed } = this.#pages();
    if (log - checkpointed >= GATHERED) return;
    this.#asked(this.#copy);
  }

  #pages(): Pages {
    return this.#asked(this.#look) ?? { log: 0, checkpointed: 0 };
  }

  /** Hazard: what was committed is committed, whatever becomes of its copy. */
  #asked(statement: Statement<Pages, []>): Pages | null {
    try {
      return statement.get();
    } catch (error) {
      if (circumstanceOf(error) === null) throw error;
      return null;
    }
  }

  #dismiss(): void {
    clearTimeout(this.#calm);
    this.#thread?.terminate();
    this.#thread = null;
  }
}
