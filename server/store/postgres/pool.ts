import type postgres from "postgres";
import { isLost } from "./errors.ts";

/** Connections, or one of them within a transaction. */
export type Database = postgres.Sql<{ bigint: number }>;

/** What every statement of this node goes through. */
export interface Pool {
  /** Connections for everything but commits; it stays the same when they are renewed. */
  readonly sql: Database;
  /** The connection of commits, so that none waits behind whatever else is asked. */
  readonly commits: Database;
  /** Counts how often connections were renewed. */
  readonly age: number;
  /**
   * Opens new connections in place of those of this age. The driver leaves a connection unusable for a minute where it
   * ends at the wrong moment, and what waits for one that is dead would be carried out long after it was refused.
   */
  renew(age: number): void;
  end(seconds: number): Promise<void>;
}

/** Seconds that questions under way get on connections that are renewed. */
const LAST_SECOND = 1;
/** Milliseconds between two renewals, at least. */
const PAUSE = 500;

/** Connections that `connect` makes, so many at once. */
export function poolOf(connect: (connections: number) => Database, connections: number): Pool {
  const open = () => ({ sql: connect(Math.max(1, connections - 1)), commits: connect(1), since: performance.now() });
  let now = open();
  let age = 0;
  const close = ({ sql, commits }: typeof now, timeout: number) =>
    Promise.all([sql, commits].map((one) => one.end({ timeout })));
  return {
    sql: lasting(() => now.sql),
    commits: lasting(() => now.commits),
    get age() {
      return age;
    },
    renew(old) {
      if (old !== age || performance.now() - now.since < PAUSE) return;
      const before = now;
      age += 1;
      now = open();
      void close(before, LAST_SECOND);
    },
    async end(seconds) {
      await close(now, seconds);
    },
  };
}

/** Passes on to whatever is the present one. */
function lasting(present: () => Database): Database {
  return new Proxy((() => {}) as unknown as Database, {
    apply: (_, __, args) => Reflect.apply(present() as never, undefined, args),
    get: (_, name) => Reflect.get(present(), name),
  });
}

/**
 * One transaction. Where its connection ends, nothing more is said on it: the driver would roll back on a line that is
 * gone, which nobody could catch, or on one that is another question's by then.
 */
export function transact<T>(sql: Database, work: (transaction: Database) => Promise<T>): Promise<T> {
  const over = Promise.withResolvers<never>();
  const whole = sql.begin((transaction) =>
    work(transaction as unknown as Database).catch((error) => {
      if (!isLost(error)) throw error;
      over.reject(error);
      return new Promise<never>(() => {});
    }),
  );
  return Promise.race([whole as Promise<T>, over.promise]);
}
