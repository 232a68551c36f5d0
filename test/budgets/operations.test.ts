import { expect, test } from "bun:test";
import type { OperationName } from "@parley/protocol/operations";
import type { Store } from "@parley/server/core/ports";
import { openPostgres } from "@parley/server/store/postgres/postgres";
import { OwnPostgres } from "../kit/postgres.ts";
import { PostgresLine } from "../kit/postgres-line.ts";
import { temporaryFolder } from "../kit/process.ts";
import { startRest } from "../kit/rest.ts";
import { Stage } from "../kit/stage.ts";
import { countedStore } from "../kit/statements.ts";
import { tellOverHttp } from "../rest/story/http.ts";

/** Statements that SQLite carries out, commits among them, each with a sync, and statements that Postgres is sent. */
type Budget = [sqlite: number, commits: number, postgres: number];

/** What each operation costs where it is first used in the story of the examples, with whoever asks made known. */
const BUDGETS: Record<OperationName, Budget> = {
  create_guest: [18, 1, 15],
  me: [1, 0, 1],
  update_me: [16, 2, 12],
  set_password: [22, 2, 6],
  sign_in: [7, 1, 7],
  sign_out: [7, 1, 2],
  delete_account: [11, 1, 3],
  blocks: [3, 0, 3],
  block: [7, 1, 3],
  unblock: [7, 1, 3],
  claim_server: [14, 2, 11],
  people: [2, 0, 2],
  list_rooms: [2, 0, 2],
  create_room: [15, 1, 3],
  open_direct: [27, 1, 8],
  create_group: [18, 1, 6],
  list_conversations: [10, 0, 10],
  get_conversation: [4, 0, 4],
  rename: [7, 1, 3],
  delete_room: [13, 1, 6],
  join: [16, 1, 6],
  leave: [15, 1, 5],
  history: [6, 0, 6],
  entries: [3, 0, 3],
  post: [9, 1, 4],
  edit: [9, 1, 4],
  delete: [13, 1, 4],
  receipts: [4, 0, 4],
  mark: [13, 1, 8],
  presence: [3, 0, 3],
  typing: [2, 0, 2],
  list_members: [4, 0, 4],
  add_member: [15, 1, 5],
  remove_member: [15, 1, 5],
  health: [0, 0, 0],
  ready: [1, 0, 1],
  stats: [0, 0, 0],
};

const SECRET = "the-secret-of-a-one-time-link-in-a-test";

/** What each operation cost, as `taken` says after it. */
async function costs<T>(store: Store, atRest: () => boolean, taken: () => T): Promise<Record<string, T>> {
  const rest = startRest({ store });
  const spent: Record<string, T> = {};
  const settled = async () => {
    // What happens after the answer has its own turns, one for each question.
    for (let turns = 0; turns < 20; turns = atRest() ? turns + 1 : 0)
      await new Promise<void>((next) => setImmediate(next));
  };
  try {
    await store.offerOwnership(rest.inside.digests.token(SECRET));
    // Whatever is opened with first use is open now.
    const { token } = await rest.guest("Early bird");
    await rest.room(token, "Waiting room");
    await settled();
    taken();
    await tellOverHttp(rest.url, SECRET, async (name) => {
      await settled();
      const cost = taken();
      spent[name] ??= cost;
    });
  } finally {
    await rest.inside.stop();
  }
  return spent;
}

/** A part of every budget. */
function chosen<T>(part: (budget: Budget) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(BUDGETS).map(([name, budget]) => [name, part(budget)]));
}

test("[BUD3] every operation carries out so many statements on SQLite as its budget says", async () => {
  const folder = temporaryFolder();
  const { store, taken } = countedStore(folder.path);
  const cost = () => {
    const statements = taken();
    return [statements.length, statements.filter((sql) => sql === "COMMIT").length];
  };
  const spent = await costs(store, () => true, cost);
  folder.remove();
  expect(spent).toEqual(chosen(([sqlite, commits]) => [sqlite, commits]));
});

test("[BUD3] every operation sends so many statements to Postgres as its budget says", async () => {
  const own = await OwnPostgres.start();
  const line = await PostgresLine.before(own.port);
  try {
    const url = own.url.replace(`:${own.port}/`, `:${line.port}/`);
    const options = { url, schema: own.schema(), connections: 2, patience: 10_000, proof: "p" };
    const store = await openPostgres(options);
    const spent = await costs(
      store,
      () => line.atRest,
      () => line.taken(),
    );
    expect(spent).toEqual(chosen(([, , postgres]) => postgres));
  } finally {
    await line.close();
    await own.remove();
  }
});

test("[BUD3] a page of fifty messages costs SQLite what a page of one does, and one statement more for each edited one", async () => {
  const folder = temporaryFolder();
  const { store, taken } = countedStore(folder.path);
  const stage = new Stage({ store });
  const user = await stage.person("Ada");
  const conversation = await stage.room(user);
  const receipts = await Promise.all(
    Array.from({ length: 60 }, (_, n) => stage.post(user, conversation, `Message ${n}`)),
  );
  const cost = async (limit: number) => {
    taken();
    const { items } = await stage.chat.run({ user }, "history", { conversation, limit });
    return { items: items.length, statements: taken().length };
  };
  expect(await cost(1)).toEqual({ items: 1, statements: 4 });
  expect(await cost(50)).toEqual({ items: 50, statements: 4 });
  for (const { seq: target } of receipts.slice(-3)) {
    for (const text of ["once", "twice"]) {
      await stage.chat.run({ user }, "edit", { key: stage.key(), conversation, target, text });
    }
  }
  expect(await cost(50)).toEqual({ items: 50, statements: 7 });
  await store.close();
  folder.remove();
});
