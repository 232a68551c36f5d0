import { afterAll, beforeAll, test } from "bun:test";
import { agrees } from "../../server/store/contract/agreement.ts";
import type { Subject } from "../../server/store/contract/kit.ts";
import { storeContract } from "../../server/store/contract.ts";
import { openPostgres } from "../../server/store/postgres/postgres.ts";
import { OwnPostgres } from "../kit/postgres.ts";

let postgres: OwnPostgres;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
});
afterAll(() => postgres?.remove());

async function open(): Promise<Subject> {
  const options = { url: postgres.url, schema: postgres.schema(), connections: 4, patience: 10_000, proof: "p" };
  const store = await openPostgres(options);
  return {
    store,
    async restart() {
      await store.close();
      return openPostgres(options);
    },
    discard: () => postgres.drop(options.schema),
  };
}

storeContract("postgres", open);

test("[LOG13] every store gives the same answers after the same commits: Postgres", () => agrees(open, 30));
