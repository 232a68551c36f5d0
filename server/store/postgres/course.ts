import { ChatError } from "@parley/protocol/errors";
import type { Epoch } from "@parley/protocol/ids";
import { within } from "./late.ts";
import type { Database } from "./pool.ts";

/** Where a database is in its history. */
export interface Standing {
  /**
   * Of this database and of its timeline: after a failover, a log may have lost its end. One that moved in stays what
   * it was until then.
   */
  epoch: Epoch;
  /** Each failover and each restored backup begins another. */
  timeline: string;
  /** Bytes of its write-ahead log that are on disk. */
  written: number;
}

/** Milliseconds after which it is looked again, without a reason. */
const EVERY = 30_000;
/** A crash may cut a record in two that was written in part: so much less is no other history. */
const TORN = 1 << 20;

export async function standingOf(sql: Database): Promise<Standing> {
  const [row] = await sql<{ made: string; arrived: string | null; timeline: string; written: number }[]>`
    SELECT (SELECT value FROM meta WHERE name = 'epoch') AS made,
      (SELECT value FROM meta WHERE name = 'timeline') AS arrived,
      ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int::text AS timeline,
      pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::float8 AS written`;
  const { made, arrived, timeline, written } = row as NonNullable<typeof row>;
  return { epoch: timeline === arrived ? made : `${made}.${timeline}`, timeline, written };
}

/**
 * The history of a database as far as this node knows it. Where it turns out to be another one, nothing is asked any
 * more, and `turned` is called once.
 */
export class Course {
  readonly #turned: () => void;
  #over = false;
  known: Standing;
  /** How often a connection ended: the next one may lead elsewhere. */
  doubts = 0;

  constructor(known: Standing, turned: () => void) {
    this.known = known;
    this.#turned = turned;
  }

  /** Is it known to be another one? */
  get over(): boolean {
    return this.#over;
  }

  /** Takes in how it stands, and what was known when that was asked. */
  compare(before: Standing, now: Standing): void {
    if (this.#over) return;
    this.#over = now.epoch !== before.epoch || now.written < before.written - TORN;
    if (now.written > this.known.written) this.known = now;
    if (this.#over) this.#turned();
  }
}

/** Looks whether the history is still the same before anything is asked on a new connection, and now and then. */
export class Lookout {
  readonly #sql: Database;
  readonly #course: Course;
  readonly #patience: number;
  #settled = 0;
  #since = performance.now();
  #looking: Promise<void> | null = null;

  constructor(sql: Database, course: Course, patience: number) {
    this.#sql = sql;
    this.#course = course;
    this.#patience = patience;
  }

  /** Puts a question once it is sure that the history is the same. Throws `unavailable` where it is not. */
  ask<T>(question: () => T | Promise<T>): T | Promise<T> {
    const { over, doubts } = this.#course;
    if (over) throw new ChatError("unavailable", "The server starts anew.", 1_000);
    if (this.#settled === doubts && performance.now() - this.#since < EVERY) return question();
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking.then(() => this.ask(question));
  }

  async #look(): Promise<void> {
    const { doubts, known } = this.#course;
    // Hazard: the driver may never answer on a connection that ended at the wrong moment, and everybody waits for this.
    this.#course.compare(known, await within(this.#patience, standingOf(this.#sql)));
    this.#settled = doubts;
    this.#since = performance.now();
  }
}
