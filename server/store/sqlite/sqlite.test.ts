import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "../contract.ts";
import { openSqlite } from "./sqlite.ts";

storeContract("sqlite", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-store-"));
  const store = await openSqlite(folder);
  return {
    store,
    async restart() {
      await store.close();
      return openSqlite(folder);
    },
    discard: async () => rmSync(folder, { recursive: true }),
  };
});
