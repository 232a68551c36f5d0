import type { UserId } from "@parley/protocol/ids";
import { schemaLock } from "./locks.ts";
import { readMeta, writeMeta } from "./open.ts";
import { type Database, transact } from "./pool.ts";

/** Makes this person the server's owner where the secret is the one on offer. */
export function claimOwnership(sql: Database, user: UserId, secretHash: string): Promise<boolean> {
  return alone(sql, async (sql) => {
    if ((await readMeta(sql, "owner")) !== null || (await readMeta(sql, "ownership_secret")) !== secretHash)
      return false;
    const { count } = await sql`UPDATE users SET role = 'owner' WHERE id = ${user}`;
    if (count === 0) return false;
    await writeMeta(sql, "owner", String(user));
    await sql`DELETE FROM meta WHERE name = 'ownership_secret'`;
    return true;
  });
}

/** Puts a secret on offer instead of the one before; false once there is an owner. */
export function offerOwnership(sql: Database, secretHash: string): Promise<boolean> {
  return alone(sql, async (sql) => {
    if ((await readMeta(sql, "owner")) !== null) return false;
    await writeMeta(sql, "ownership_secret", secretHash);
    return true;
  });
}

function alone<T>(sql: Database, work: (sql: Database) => Promise<T>): Promise<T> {
  return transact(sql, async (one) => {
    await one`SELECT pg_advisory_xact_lock(${schemaLock()})`;
    return work(one);
  });
}
