import { ChatError } from "@parley/protocol/errors";
import type { Committed, MarkMove, Write } from "../../core/commit.ts";
import type { Store } from "../../core/ports.ts";
import { ACCESS, type Ask, asked, LOGS, PEOPLE, READS } from "../asked.ts";
import { Accesses } from "./access.ts";
import { type Answer, decoded, encoded } from "./commit.ts";
import { Course, Lookout, standingOf } from "./course.ts";
import { explained, isLost, isUndone } from "./errors.ts";
import { History } from "./history.ts";
import { Late, within } from "./late.ts";
import { SharedLeases } from "./leases.ts";
import { openDatabase, type PostgresOptions, writeMeta } from "./open.ts";
import { claimOwnership, offerOwnership } from "./ownership.ts";
import { People } from "./people.ts";
import type { Database } from "./pool.ts";
import { Reads } from "./reads.ts";

/** A commit that another transaction undid is tried so often. */
const ATTEMPTS = 5;
/** Seconds that questions under way get when the store is closed. */
const LAST_SECONDS = 5;

/** Opens the store in a Postgres database, which several nodes may share. Throws StoreError, with one sentence. */
export async function openPostgres(options: PostgresOptions): Promise<Store> {
  let course: Course | null = null;
  let closed = false;
  const pool = await openDatabase(options, () => {
    if (course) course.doubts += 1;
  });
  const { sql } = pool;
  const known = await standingOf(sql);
  course = new Course(known, () => options.turned?.());
  const askIn = (database: Database, through: Course): Ask => {
    const lookout = new Lookout(database, through, options.patience);
    return async (question) => {
      if (closed) throw new ChatError("unavailable", "The server is shutting down.", 1_000);
      const { age } = pool;
      try {
        return await within(options.patience, lookout.ask(question));
      } catch (error) {
        if (isLost(error) || error instanceof Late) pool.renew(age);
        throw explained(error);
      }
    };
  };
  const [ask, askToCommit] = [askIn(sql, course), askIn(pool.commits, course)];
  const leases = new SharedLeases(sql);
  return {
    epoch: known.epoch,
    leases: {
      take: (name) => ask(() => leases.take(name)),
      free: (name) => ask(() => leases.free(name)),
      listen: (wanted, lost) => leases.listen(wanted, lost),
    },
    commit: (writes, marks) => askToCommit(() => commit(pool.commits, writes, marks)),
    ...asked(ask, new History(sql), [...LOGS, "recall"]),
    ...asked(ask, new People(sql), PEOPLE),
    ...asked(ask, new Accesses(sql), ACCESS),
    ...asked(ask, new Reads(sql), [...READS, "blocks", "estranged"]),
    claimOwnership: (user, secretHash) => ask(() => claimOwnership(sql, user, secretHash)),
    offerOwnership: (secretHash) => ask(() => offerOwnership(sql, secretHash)),
    ready: () => ask(() => writeMeta(sql, "ready", String(Date.now()))),
    async close() {
      if (closed) return;
      closed = true;
      await leases.close().catch(() => {});
      await pool.end(LAST_SECONDS);
    },
  };
}

/** One statement, so one round trip and one transaction. */
async function commit(sql: Database, writes: readonly Write[], marks: readonly MarkMove[]): Promise<Committed> {
  if (writes.length === 0 && marks.length === 0) return { outcomes: [], moved: [], raised: new Map() };
  const batch = encoded(writes, marks);
  for (let attempt = 1; ; attempt++) {
    try {
      const [row] = await sql<{ answer: Answer }[]>`SELECT commit_1(${batch}::text::jsonb) AS answer`;
      return decoded(writes, (row as { answer: Answer }).answer);
    } catch (error) {
      if (!isUndone(error) || attempt === ATTEMPTS) throw error;
    }
  }
}
