import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import type { ConversationId } from "@parley/protocol/ids";
import type { Outcome, Write } from "@parley/server/core/commit";
import type { Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";
import { joined, message, NOW, openedBy, opens, verdicts, write } from "../../server/store/contract/kit.ts";
import { openPostgres } from "../../server/store/postgres/postgres.ts";
import { OwnPostgres } from "../kit/postgres.ts";

let postgres: OwnPostgres;
let stores: [Store, Store, Store];
let people: User[];
let rooms: ConversationId[];

beforeAll(async () => {
  postgres = await OwnPostgres.start();
});
afterAll(() => postgres?.remove());

beforeEach(async () => {
  const options = { url: postgres.url, schema: postgres.schema(), connections: 3, patience: 30_000, proof: "p" };
  // All three migrate at once: one does it, and the others wait.
  stores = (await Promise.all([1, 2, 3].map(() => openPostgres(options)))) as [Store, Store, Store];
  people = await Promise.all(["Ann", "Bob", "Cid"].map((name, at) => enrol(stores[at] as Store, name)));
  const made = await stores[0].commit([opens(people, "a"), opens(people, "b"), opens(people, "c")], []);
  rooms = made.outcomes.map(openedBy);
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
});

function enrol(store: Store, name: string): Promise<User> {
  return store.enrol({ name, handles: [name.toLowerCase()], tokenHash: name, time: NOW });
}

/** Posts of one person in these rooms, in this order. */
function batch(by: User, where: readonly ConversationId[], key: string): Write[] {
  return where.map((room) => write(message(by, room, `${key}-${room}`, "hello")));
}

async function logOf(room: ConversationId) {
  return stores[0].entries(room, 0, 100_000, 1e9);
}

test("[CLU1] nodes that write to the same conversations in any order leave dense logs, and wait for each other without end for nobody", async () => {
  const rounds = 60;
  const backwards = [...rooms].reverse();
  await Promise.all(
    stores.map(async (store, at) => {
      for (let round = 0; round < rounds; round++) {
        const where = (at + round) % 2 === 0 ? rooms : backwards;
        const by = people[at] as User;
        const marks = backwards.map((conversation) => ({
          conversation,
          user: by.id,
          delivered: round,
          read: 0,
          time: NOW,
        }));
        const { outcomes } = await store.commit(batch(by, where, `r${round}`), marks);
        expect(verdicts(outcomes)).toEqual(["written", "written", "written"]);
      }
    }),
  );
  for (const room of rooms) {
    const log = await logOf(room);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, at) => at + 1));
    expect(log.filter(({ kind }) => kind === "message")).toHaveLength(rounds * stores.length);
    expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
  }
});

test("[CLU2] a command that reaches two nodes at once is carried out once, and both answer with the same entry", async () => {
  const [room] = rooms as [ConversationId];
  for (let round = 0; round < 30; round++) {
    const twice = message(people[0] as User, room, `k${round}`, "once");
    const outcomes = await Promise.all(
      stores.map(async (store) => (await store.commit([write(twice)], [])).outcomes[0] as Outcome),
    );
    expect(verdicts(outcomes).sort()).toEqual(["duplicate", "duplicate", "written"]);
    const entries = outcomes.map((outcome) =>
      outcome.is === "written" ? outcome.logged[0] : outcome.is === "duplicate" ? outcome.logged : null,
    );
    expect(new Set(entries.map((logged) => JSON.stringify(logged))).size).toBe(1);
  }
});

test("[CLU2] people who open the same direct on two nodes at once are in one direct", async () => {
  const [ann, bob] = people as [User, User];
  const pair = [ann.id, bob.id].sort((a, b) => a - b) as [number, number];
  const opening = { kind: "direct", name: null, visibility: "private", owner: null, pair } as const;
  const outcomes = await Promise.all([
    stores[0].commit([opens([ann, bob], "x", opening)], []),
    stores[1].commit([opens([bob, ann], "y", opening)], []),
  ]);
  const [one, other] = outcomes.map(({ outcomes: [outcome] }) => openedBy(outcome));
  expect(one).toBe(other as number);
});

test("[CLU3] a guard that another node's commit made fail refuses that write, and no other", async () => {
  const [room] = rooms as [ConversationId];
  const dora = await enrol(stores[0], "Dora");
  const seats = (store: Store, who: User) =>
    store.commit(
      [
        write(joined(who, room, `j${who.id}`), { is: "fewer", conversation: room, than: 4 }),
        ...batch(who, [room], "p"),
      ],
      [],
    );
  const eve = await enrol(stores[1], "Eve");
  const both = await Promise.all([seats(stores[0], dora), seats(stores[1], eve)]);
  expect(both.map(({ outcomes: [seat] }) => seat?.is).sort()).toEqual(["refused", "written"]);
  expect(both.map(({ outcomes: [, post] }) => post?.is)).toEqual(["written", "written"]);
});

test("[CLU3] a name that two nodes are asked for at once is given once", async () => {
  for (let round = 0; round < 10; round++) {
    const name = `Fay ${round}`;
    const asked = stores.map((store, at) =>
      store.enrol({ name, handles: [`fay-${round}-${at}`], tokenHash: `${name} ${at}`, time: NOW }).then(
        () => "given",
        (error: { code: string }) => error.code,
      ),
    );
    expect((await Promise.all(asked)).sort()).toEqual(["given", "name_taken", "name_taken"]);
  }
});

test("[CLU8] a name is leased to one node at a time; who wants it is heard, and what is given back is free", async () => {
  const [one, two] = stores;
  const wanted: string[] = [];
  one.leases.listen(
    (name) => wanted.push(name),
    () => {},
  );
  expect(await one.leases.take("plain/olga")).toBe(true);
  expect(await two.leases.take("plain/olga")).toBe(false);
  expect(await two.leases.take("plain/other")).toBe(true);
  for (const end = Date.now() + 10_000; wanted.length === 0 && Date.now() < end; ) await Bun.sleep(50);
  expect(wanted).toEqual(["plain/olga"]);
  const [freed, taken] = [one.leases.free("plain/olga"), one.leases.take("plain/olga")];
  expect(await taken).toBe(true);
  await freed;
  expect(await two.leases.take("plain/olga")).toBe(false);
  await one.close();
  expect(await two.leases.take("plain/olga")).toBe(true);
});
