import type { Database } from "bun:sqlite";
import type { UserId } from "@parley/protocol/ids";
import { dropMeta, readMeta, writeMeta } from "./migrate.ts";
import type { Transactions } from "./transactions.ts";

/** Makes this person the server's owner where the secret is the one on offer. */
export function claimOwnership(db: Database, transactions: Transactions, user: UserId, secretHash: string): boolean {
  return transactions.run(() => {
    if (readMeta(db, "owner") !== null || readMeta(db, "ownership_secret") !== secretHash) return false;
    if (db.query("UPDATE users SET role = 'owner' WHERE id = ?").run(user).changes === 0) return false;
    writeMeta(db, "owner", user);
    dropMeta(db, "ownership_secret");
    return true;
  });
}

/** Puts a secret on offer instead of the one before; false once there is an owner. */
export function offerOwnership(db: Database, transactions: Transactions, secretHash: string): boolean {
  return transactions.run(() => {
    if (readMeta(db, "owner") !== null) return false;
    writeMeta(db, "ownership_secret", secretHash);
    return true;
  });
}
