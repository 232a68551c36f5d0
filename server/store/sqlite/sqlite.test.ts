import { test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agrees } from "../contract/agreement.ts";
import { storeContract } from "../contract.ts";
import { openSqlite } from "./sqlite.ts";

const open = async () => {
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
};

storeContract("sqlite", open);

test("[LOG13] every store gives the same answers after the same commits: SQLite", () => agrees(open, 50), 60_000);
