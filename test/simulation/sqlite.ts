import { Database } from "bun:sqlite";
import type { Epoch } from "@parley/protocol/ids";
import type { Store } from "@parley/server/core/ports";
import { migrate } from "@parley/server/store/sqlite/migrate";
import { MIGRATIONS } from "@parley/server/store/sqlite/schema";
import { storeOf } from "@parley/server/store/sqlite/sqlite";

/** The SQLite store without a file: its disk is simulated above it. */
export function sqliteInMemory(epoch: Epoch): Store {
  const db = new Database(":memory:", { strict: true });
  db.run("PRAGMA foreign_keys = ON");
  migrate(db, MIGRATIONS);
  return storeOf({ db, epoch, close: () => db.close() });
}
