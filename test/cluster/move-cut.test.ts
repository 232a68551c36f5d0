import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { hmacDigests, proofOf } from "@parley/server/auth/digests";
import { obtainSecret } from "@parley/server/auth/secret";
import type { Store } from "@parley/server/core/ports";
import { draft, NOW, openedBy, opens, write } from "../../server/store/contract/kit.ts";
import { openPostgres } from "../../server/store/postgres/postgres.ts";
import { openSqlite } from "../../server/store/sqlite/sqlite.ts";
import { answersOf } from "../kit/answers.ts";
import { OwnPostgres } from "../kit/postgres.ts";
import { ParleyProcess, temporaryFolder } from "../kit/process.ts";
import { type Fault, FaultProxy } from "../kit/proxy.ts";

let postgres: OwnPostgres;
let proxy: FaultProxy;
const folder = temporaryFolder();
const [first, last] = [`${folder.path}/first`, `${folder.path}/last`];
const schema = "parley";
let key: string;

beforeAll(async () => {
  postgres = await OwnPostgres.start();
  proxy = await FaultProxy.before(`tcp://127.0.0.1:${postgres.port}`);
  const store = await openSqlite(first);
  key = obtainSecret(null, first);
  await furnish(store);
  await store.close();
});
afterAll(async () => {
  await proxy?.close();
  await postgres?.remove();
  folder.remove();
});

/** More than goes over in one batch. */
async function furnish(store: Store): Promise<void> {
  const people = await Promise.all(
    ["Ann", "Bob"].map((name) => store.enrol({ name, handles: [name], tokenHash: name, time: NOW })),
  );
  const room = openedBy((await store.commit([opens(people, "room")], [])).outcomes[0]);
  const [ann] = people as [(typeof people)[0]];
  const writes = Array.from({ length: 1_500 }, (_, n) => {
    const text = `${n} of many`;
    const digest = hmacDigests(key).content(JSON.stringify(["post", text]));
    return write({ ...draft(ann, room, `k${n}`, "message", { text }), digest });
  });
  await store.commit(writes, []);
}

const inPostgres = () =>
  openPostgres({ url: postgres.url, schema, connections: 2, patience: 10_000, proof: proofOf(key) });

/** All that stands at this place; the sentence with which it refuses where it cannot be opened. */
async function answers(place: () => Promise<Store>): Promise<unknown> {
  try {
    const store = await place();
    const all = { epoch: store.epoch, ...(await answersOf(store)) };
    await store.close();
    return all;
  } catch (error) {
    return (error as Error).message;
  }
}

const THERE = (port: number) => ["--from", `sqlite:${first}`, "--to", postgres.urlAt(port)];
const BACK = (port: number) => ["--from", postgres.urlAt(port), "--to", `sqlite:${last}`];

function migrate(way: typeof THERE, port: number): ParleyProcess {
  return new ParleyProcess({ PARLEY_DB_SCHEMA: schema, SECRET_KEY: key }, ["cli/main.ts", "migrate", ...way(port)]);
}

/** Moves through a network that fails where this is said; with "killed" the process ends with it, as in a power cut. */
async function interrupted(way: typeof THERE, said: string, fault: Fault, killed: "killed" | "alive"): Promise<void> {
  const sprung = proxy.trap(said, fault);
  const moving = migrate(way, proxy.port);
  await sprung;
  await Bun.sleep(50);
  if (killed === "killed") moving.signal("SIGKILL");
  expect((await moving.ended()).code).not.toBe(0);
  for (const line of [...proxy.lines]) line.end();
}

async function wholeMove(way: typeof THERE): Promise<string> {
  const { code, out, err } = await migrate(way, postgres.port).ended();
  expect({ code, err }).toEqual({ code: 0, err: expect.any(String) });
  return out;
}

test("[MOVE9] a move to Postgres whose process is killed or whose line is cut, while it copies or while it switches, leaves the source usable, or sealed where the target is complete; the next brings everything", async () => {
  const before = await answers(() => openSqlite(first));
  for (const [said, fault, end] of [
    ["COPY entries", "cut", "alive"],
    ["COPY entries", "stalled", "killed"],
    ["DECLARE", "dead", "killed"],
    ["COMMIT\0", "cut", "alive"],
    // It arrives, and the answer does not.
    ["COMMIT\0", "deaf", "killed"],
  ] as const) {
    await interrupted(THERE, said, fault, end);
    expect([said, fault, await answers(() => openSqlite(first))]).toEqual([said, fault, before]);
  }
  await interrupted(THERE, "DELETE FROM meta", "dead", "killed");
  expect(await answers(() => openSqlite(first))).toContain("is sealed");
  expect(await answers(inPostgres)).toContain("run parley migrate once more");
  expect(await wholeMove(THERE)).toContain("brought to its end");
  expect(await answers(inPostgres)).toEqual(before);
});

test("[MOVE9] so does the way back", async () => {
  const before = await answers(inPostgres);
  for (const [said, fault, end] of [
    ["FROM entries", "cut", "alive"],
    ["FROM members", "dead", "killed"],
    ["COMMIT\0", "dead", "killed"],
  ] as const) {
    await interrupted(BACK, said, fault, end);
    // Nobody begins a second history there.
    if (existsSync(`${last}/parley.db.arriving`)) {
      expect(await answers(() => openSqlite(last))).toContain("run parley migrate once more");
    }
    expect(existsSync(`${last}/parley.db`)).toBe(false);
    expect([said, fault, await answers(inPostgres)]).toEqual([said, fault, before]);
  }
  await interrupted(BACK, "COMMIT\0", "deaf", "killed");
  expect(await answers(inPostgres)).toContain("is sealed");
  expect(await answers(() => openSqlite(last))).toContain("run parley migrate once more");
  expect(await wholeMove(BACK)).toContain("brought to its end");
  expect(await answers(() => openSqlite(last))).toEqual(before);
  expect(readFileSync(`${last}/secret.key`, "utf8").trim()).toBe(key);
});
