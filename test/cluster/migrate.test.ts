import { Database } from "bun:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type Client, createClient } from "@parley/client";
import { proofOf } from "@parley/server/auth/digests";
import type { Store } from "@parley/server/core/ports";
import connect from "postgres";
import { type MoveOptions, move } from "../../server/store/moving/move.ts";
import type { Source, Target } from "../../server/store/moving/ports.ts";
import { postgresSource, postgresTarget } from "../../server/store/moving/postgres.ts";
import { sqliteSource, sqliteTarget } from "../../server/store/moving/sqlite.ts";
import { TABLES } from "../../server/store/moving/tables.ts";
import { openPostgres } from "../../server/store/postgres/postgres.ts";
import { openSqlite } from "../../server/store/sqlite/sqlite.ts";
import { answersOf } from "../kit/answers.ts";
import { acknowledged, compare, keepTalking, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { DirectSite } from "../kit/direct-site.ts";
import { native } from "../kit/natives.ts";
import { OldClient } from "../kit/old-client.ts";
import { OwnPostgres } from "../kit/postgres.ts";
import { type Ended, freePort, ParleyProcess, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { fetchAll, until } from "../kit/replicas.ts";

let postgres: OwnPostgres;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
});
afterAll(() => postgres?.remove());

let folder: ReturnType<typeof temporaryFolder>;
let port: number;
let schema: string;
let running: ServerProcess | null = null;
const clients: Client[] = [];

beforeEach(async () => {
  folder = temporaryFolder();
  port = await freePort();
  schema = postgres.schema();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await running?.kill();
  running = null;
  folder.remove();
});

const placeIn = (name: string) => `${folder.path}/${name}`;
const keyIn = (name: string) => readFileSync(`${placeIn(name)}/secret.key`, "utf8").trim();

/** A server on a data folder, or with a key on the Postgres, always on the same port. */
async function serve(data: string, secret?: string): Promise<ServerProcess> {
  const shared = secret && { DATABASE_URL: postgres.url, PARLEY_DB_SCHEMA: schema, SECRET_KEY: secret };
  const env = { PARLEY_NAME_DIALECT: "plain", PARLEY_BEAT_MS: "1000", ...shared };
  running = new ServerProcess({ port, data: placeIn(data), env });
  await running.start();
  return running;
}

function migrate(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new ParleyProcess({ PARLEY_DB_SCHEMA: schema, ...env }, ["cli/main.ts", "migrate", ...args]).ended();
}

const toPostgres = (...more: string[]) =>
  migrate(["--from", `sqlite:${placeIn("one")}`, "--to", postgres.url, ...more]);

const toSqlite = (secret: string, ...more: string[]) =>
  migrate(["--from", postgres.url, "--to", `sqlite:${placeIn("two")}`, ...more], { SECRET_KEY: secret });

function storeIn(place: string | { secret: string }): Promise<Store> {
  if (typeof place === "string") return openSqlite(placeIn(place));
  const options = { url: postgres.url, schema, connections: 2, patience: 10_000 };
  return openPostgres({ ...options, proof: proofOf(place.secret) });
}

async function answers(place: Parameters<typeof storeIn>[0]) {
  const store = await storeIn(place);
  try {
    return { epoch: store.epoch, ...(await answersOf(store)) };
  } finally {
    await store.close();
  }
}

async function enter(url: string, name: string): Promise<Client> {
  const client = await native(url, name);
  clients.push(client);
  return client;
}

/** A household with something of everything; the first two stay connected. */
async function live(url: string): Promise<{ ann: Client; bob: Client; kitchen: number }> {
  const [ann, bob, cid] = (await Promise.all(["Ann", "Bob", 'Çid \\ "O\'Neill"'].map((name) => enter(url, name)))) as [
    Client,
    Client,
    Client,
  ];
  const { id: kitchen } = await ann.createRoom({ name: "Kitchen\\table", topic: '100 % "tasty"' });
  await Promise.all([bob.join(kitchen), cid.join(kitchen)]);
  const said = [];
  for (let n = 0; n < 40; n++) said.push(await [ann, bob, cid][n % 3]?.post(kitchen, `${n}\t\\N {"a"}\r\n👋🏽 𝒳`).sent);
  await ann.edit(kitchen, said[0]?.seq ?? 0, "better");
  await bob.edit(kitchen, said[1]?.seq ?? 0, "to be gone");
  await bob.delete(kitchen, said[1]?.seq ?? 0);
  await ann.post(kitchen, "@bob, are you there?").sent;
  const direct = await ann.openDirect(bob.me?.id ?? 0);
  const { seq } = await ann.post(direct.id, "between us").sent;
  await bob.call("mark", { conversation: direct.id, delivered: seq, read: seq });
  const group = await bob.createGroup([ann.me?.id ?? 0, cid.me?.id ?? 0], "Three");
  await cid.leave(group.id);
  await ann.setPassword("correct horse battery");
  const olga = await OldClient.open(`${url}/ws/Olga`);
  await olga.next();
  olga.say("from long ago");
  await olga.next();
  await new DirectSite(url).known(5);
  await olga.leave();
  const closed = await cid.createRoom({ name: "Closed" });
  await cid.call("delete_room", { conversation: closed.id });
  await cid.call("block", { user: bob.me?.id ?? 0 });
  cid.disconnect();
  for (const client of [ann, bob]) while (!client.timeline(kitchen).complete) await client.loadOlder(kitchen);
  return { ann, bob, kitchen };
}

test("[MOVE1] everything moves to Postgres and back: every store answers every question alike, and ids go on behind the last", async () => {
  const server = await serve("one");
  await live(server.url);
  await server.stop();
  const before = await answers("one");
  expect(before.people.length).toBeGreaterThan(4);

  expect(await toPostgres()).toMatchObject({ code: 0 });
  const secret = keyIn("one");
  expect(await answers({ secret })).toEqual(before);

  const moved = await storeIn({ secret });
  const box = { name: "Dora", handles: ["dora"], tokenHash: "dora", time: Date.now() };
  const dora = await moved.enrol(box);
  expect(dora.id).toBeGreaterThan(Math.max(...before.people.map(({ person }) => person.id)));
  expect(dora.inbox).toBeGreaterThan(Math.max(...before.conversations.map(({ row }) => row?.id ?? 0)));
  await moved.close();
  const between = await answers({ secret });

  expect(await toSqlite(secret)).toMatchObject({ code: 0 });
  expect(keyIn("two")).toBe(secret);
  expect(await answers("two")).toEqual(between);
  const back = await storeIn("two");
  expect((await back.enrol({ ...box, name: "Emil", handles: ["emil"], tokenHash: "e" })).id).toBe(dora.id + 1);
  await back.close();
});

test("[MOVE1] no table and no column of either database is left behind", async () => {
  const moved = TABLES.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`)).sort();
  await (await openSqlite(placeIn("one"))).close();
  await (await storeIn({ secret: "s" })).close();
  const db = new Database(`${placeIn("one")}/parley.db`, { readonly: true });
  const ours = db
    .query(
      "SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'",
    )
    .values()
    .map(([name]) => String(name))
    .filter((name) => !/^(meta|sqlite_sequence)\./.test(name));
  db.close();
  expect(ours.sort()).toEqual(moved);
  const sql = connect(postgres.url, { max: 1 });
  const rows = await sql`SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = ${schema} AND table_name NOT IN ('meta', 'nodes', 'leases')`;
  await sql.end();
  const theirs = rows.map(({ name }) => String(name).replace(/\.person$/, ".user"));
  expect(theirs.filter((name) => !["entries.about", "users.looks"].includes(name)).sort()).toEqual(moved);
});

test("[MOVE2] people who are connected keep token and cursor: they miss nothing, are told no hole, and what they wrote meanwhile arrives", async () => {
  const server = await serve("one");
  const { ann, bob, kitchen } = await live(server.url);
  const token = JSON.stringify(ann.me);
  const held = bob.timeline(kitchen).rows.length;
  await server.stop();
  expect((await toPostgres()).code).toBe(0);
  const secret = keyIn("one");
  const waiting = ann.post(kitchen, "written in between").sent;
  for (const home of [
    () => serve("nodes", secret),
    async () => {
      await running?.stop();
      expect((await toSqlite(secret)).code).toBe(0);
      return serve("two");
    },
  ]) {
    await home();
    for (const client of [ann, bob]) client.tryNow();
    const { seq } = await ann.post(kitchen, "and on it goes").sent;
    await until(bob, () => bob.timeline(kitchen).rows.some((row) => row.kind === "message" && row.seq === seq));
  }
  await waiting;
  const rows = bob.timeline(kitchen).rows;
  expect(rows.filter((row) => row.kind === "hole")).toEqual([]);
  expect(rows.length).toBe(held + 3);
  expect(bob.timeline(kitchen).complete).toBe(true);
  expect(JSON.stringify(ann.me)).toBe(token);
  const again = createClient({ url: running?.url ?? "" });
  clients.push(again);
  expect((await again.signIn("Ann", "correct horse battery")).id).toBe(ann.me?.id ?? 0);
});

/** A data folder in which somebody wrote something, without a server. */
async function furnish(name: string): Promise<void> {
  const server = await serve(name);
  const ann = await enter(server.url, "Ann");
  const { id } = await ann.createRoom({ name: "Kitchen" });
  await ann.post(id, "hello").sent;
  ann.disconnect();
  await server.stop();
}

const failing = async (): Promise<never> => {
  throw new Error("the power went");
};

/** Both ends of a move from the data folder to Postgres, or of the way back, and how to let go of them. */
async function ends(way: "there" | "back"): Promise<{ source: Source; target: Target; release(): Promise<void> }> {
  const place = { url: postgres.url, schema };
  const source = way === "there" ? sqliteSource(placeIn("one"), false) : await postgresSource(place, false);
  const target = way === "there" ? await postgresTarget(place) : sqliteTarget(placeIn("two"), () => {});
  return {
    source,
    target,
    async release() {
      await target.close();
      await source.close();
    },
  };
}

/** Moves in this process, where `source` and `target` may be broken. */
async function moveBy(
  way: "there" | "back",
  broken: (target: Target, source: Source) => void,
  more: Partial<MoveOptions> = {},
) {
  const { source, target, release } = await ends(way);
  broken(target, source);
  const proof = proofOf(keyIn("one"));
  const options = { proof, move: "m", time: Date.now(), rehearse: false, told: () => {}, check: () => {}, ...more };
  try {
    return await move(source, target, options).catch((error: Error) => error.message);
  } finally {
    await release();
  }
}

test("[MOVE3] what moved away is sealed: nobody opens it again, and nodes that are still connected can only read", async () => {
  await furnish("one");
  expect((await toPostgres()).code).toBe(0);
  const there = `postgres://127.0.0.1:${postgres.port}/postgres (schema ${schema})`;
  expect(await openSqlite(placeIn("one")).catch((error) => error.message)).toStartWith(
    `This database moved to ${there} on 2`,
  );
  const secret = keyIn("one");
  const node = await storeIn({ secret });
  const [ann] = await node.findUsers({ after: 0, limit: 1, query: "ann" });
  expect((await toSqlite(secret)).code).toBe(0);
  expect(await node.users([ann?.id ?? 0])).toMatchObject([{ name: "Ann" }]);
  const guest = { name: "Bob", handles: ["bob"], tokenHash: "bob", time: 0 };
  const mark = { conversation: ann?.inbox ?? 0, user: ann?.id ?? 0, delivered: 1, read: 1 };
  const writes = [() => node.enrol(guest), () => node.commit([], [mark]), () => node.offerOwnership("x"), node.ready];
  for (const write of writes) {
    expect(await write().catch((error) => error.code)).toBe("unavailable");
  }
  await node.close();
  expect(await storeIn({ secret }).catch((error) => error.message)).toStartWith(
    `This database moved to the data folder ${placeIn("two")} on 2`,
  );
  expect(await toSqlite(secret)).toMatchObject({ code: 1, err: expect.stringContaining("already") });
});

test("[MOVE4] a dry run compares both sides while the server runs, and leaves them as they were", async () => {
  const server = await serve("one");
  const ann = await enter(server.url, "Ann");
  const { id } = await ann.createRoom({ name: "Kitchen" });
  await ann.post(id, "hello").sent;
  const { code, out, err } = await toPostgres("--dry-run", "--json");
  expect(code).toBe(0);
  const last = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");
  expect(last.moved).toBe(false);
  expect(
    last.tables.map(({ table, source }: { table: string; source: { rows: number } }) => [table, source.rows]),
  ).toEqual([
    ["conversations", 2],
    ["users", 1],
    ["directs", 0],
    ["entries", 4],
    ["edits", 0],
    ["mentions", 0],
    ["members", 2],
    ["spans", 2],
    ["moves", 0],
    ["blocks", 0],
    ["holdings", 1],
    ["tokens", 1],
  ]);
  for (const { source, target } of last.tables) expect(target).toEqual(source);
  expect(err).toMatch(/^ {2}entries +4 {3}([0-9a-f]{16}) {3}\1$/m);
  await ann.post(id, "and on").sent;
  await server.stop();
  expect((await toPostgres()).code).toBe(0);
});

test("[MOVE5] a move that ends too early leaves the target empty and the source as it was; after the seal the next one ends it", async () => {
  await furnish("one");
  const secret = keyIn("one");
  const before = await answers("one");
  // In the midst of copying, and of comparing.
  for (const last of [3, 10]) {
    let batches = 0;
    const check = () => {
      if (++batches === last) throw new Error("the power went");
    };
    expect(await moveBy("there", () => {}, { check })).toBe("the power went");
  }
  expect(await moveBy("there", (target) => Object.assign(target, { keep: failing }))).toBe("the power went");
  expect(await answers("one")).toEqual(before);
  // Everything is in the target, which nobody can open, and the source is not sealed yet.
  expect(await moveBy("there", (_, source) => Object.assign(source, { seal: failing }))).toBe("the power went");
  expect(await storeIn({ secret }).catch((error) => error.message)).toContain("run parley migrate once more");
  expect(await answers("one")).toEqual(before);
  expect(await moveBy("there", (target) => Object.assign(target, { open: failing }))).toBe("the power went");
  expect(await openSqlite(placeIn("one")).catch((error) => error.message)).toContain("is sealed");
  expect(await toPostgres()).toMatchObject({ code: 0, out: expect.stringContaining("brought to its end") });
  expect(await answers({ secret })).toEqual(before);

  for (const broken of ["keep", "open"]) {
    expect(await moveBy("back", (target) => Object.assign(target, { [broken]: failing }))).toBe("the power went");
    expect(existsSync(`${placeIn("two")}/parley.db`)).toBe(false);
    if (broken === "keep") expect(await answers({ secret })).toEqual(before);
  }
  expect(await toSqlite(secret)).toMatchObject({ code: 0, out: expect.stringContaining("brought to its end") });
  expect(await answers("two")).toEqual(before);
});

test("[MOVE6] a target that is not empty, another key, a server that runs and a source that is none are each refused in one sentence, without a password", async () => {
  const server = await serve("one");
  const ann = await enter(server.url, "Ann");
  await ann.post((await ann.createRoom({ name: "Kitchen" })).id, "hello").sent;
  const refused = async (ended: Promise<Ended>, why: string) => {
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    const said = err.split("\n").filter((line) => line.startsWith("parley: "));
    expect(said).toEqual([expect.stringContaining(why)]);
    expect(err).not.toContain("p4ssw0rd");
  };
  await refused(toPostgres(), "in use by another Parley");
  await server.stop();
  const source = ["--from", `sqlite:${placeIn("one")}`];
  const other = { SECRET_KEY: "another-key-than-that-of-the-folder" };
  await refused(migrate([...source, "--to", postgres.url], other), "SECRET_KEY is another one");
  const nowhere = `postgres://parley:p4ssw0rd@127.0.0.1:${await freePort()}/postgres?sslmode=disable`;
  await refused(migrate([...source, "--to", nowhere]), "cannot be reached");
  await refused(migrate(["--from", `sqlite:${placeIn("none")}`, "--to", postgres.url]), "There is no parley.db");
  await refused(migrate(["--from", postgres.url, "--to", `sqlite:${placeIn("two")}`], other), "There is no Parley");
  const sql = connect(postgres.url, { max: 1 });
  await sql`CREATE ROLE nobody_in_particular LOGIN`;
  await sql.end();
  const powerless = postgres.url.replace("parley@", "nobody_in_particular@");
  await refused(migrate([...source, "--to", powerless]), "The database refused: permission denied");
  expect((await toPostgres()).code).toBe(0);
  await refused(migrate(["--from", postgres.url, "--to", `sqlite:${placeIn("two")}`]), "SECRET_KEY must be set");
  await refused(migrate(["--from", postgres.url, "--to", `sqlite:${placeIn("two")}`], other), "SECRET_KEY is another");
  await refused(
    migrate(["--from", postgres.url, "--to", `sqlite:${placeIn("one")}`], { SECRET_KEY: keyIn("one") }),
    "already",
  );
  mkdirSync(placeIn("three"));
  writeFileSync(`${placeIn("three")}/secret.key`, other.SECRET_KEY);
  const key = { SECRET_KEY: keyIn("one") };
  await refused(migrate(["--from", postgres.url, "--to", `sqlite:${placeIn("three")}`], key), "holds another key");
  await furnish("two");
  await refused(migrate(["--from", `sqlite:${placeIn("two")}`, "--to", postgres.url]), "is not empty");
});

test("[MOVE7] wrong usage of parley migrate is told in one sentence and exit code 2, its help in 0", async () => {
  const wrong: [string[], string][] = [
    [[], "--from is needed"],
    [["--from", "sqlite:/tmp/x"], "--to is needed"],
    [["--from", "sqlite:/tmp/x", "--to", "mysql://u:p4ssw0rd@h/d"], "--to is needed"],
    [["--from", "sqlite:/tmp/x", "--to", "sqlite:/tmp/y"], "One of --from and --to"],
    [["--from", "sqlite:/tmp/x", "--to", postgres.url, "--schema", "A B"], "--schema is"],
    [["--fast"], "--fast"],
  ];
  const ended = await Promise.all(wrong.map(([args]) => migrate(args)));
  for (const [at, { code, out, err }] of ended.entries()) {
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(wrong[at]?.[1] as string);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).not.toContain("p4ssw0rd");
  }
  expect(await migrate(["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--dry-run"), err: "" });
});

/** Copies while everybody talks; resolves when it is told that the server is to stop, and goes on by itself. */
async function migrateLive(args: string[], env: Record<string, string> = {}) {
  const command = ["cli/main.ts", "migrate", "--live", "--json", ...args];
  const moving = new ParleyProcess({ PARLEY_DB_SCHEMA: schema, ...env }, command);
  await moving.said(/everything so far is copied/);
  return moving;
}

test("[MOVE8] a live move copies while people talk and brings the rest once the server stopped: they notice a pause, nothing is lost, doubled, misordered or miscounted", async () => {
  const server = await serve("one");
  const crowd = await moveIn(server.url, { clients: 100, rooms: 6 });
  clients.push(...crowd.people.map(({ client }) => client));
  const eve = await enter(server.url, "Eve");
  const { id: room } = await eve.createRoom({ name: "Secrets" });
  let talking = true;
  const talk = keepTalking(crowd, () => talking, 1_500);
  const erased = Promise.try(async () => {
    const seqs: number[] = [];
    for (; talking; await Bun.sleep(20)) {
      seqs.push((await eve.post(room, "a secret").sent).seq);
      if (seqs.length > 20) await eve.delete(room, seqs.at(-20) ?? 0);
    }
    return seqs.slice(1, -20);
  });
  await Bun.sleep(1_000);
  const moving = await migrateLive(["--from", `sqlite:${placeIn("one")}`, "--to", postgres.url]);
  const before = acknowledged(crowd);
  await Bun.sleep(1_000);
  expect(acknowledged(crowd)).toBeGreaterThan(before);
  const stopped = performance.now();
  await server.stop();
  const { code, out } = await moving.ended();
  expect(code).toBe(0);
  expect(JSON.parse(out.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ moved: true });
  await serve("nodes", keyIn("one"));
  const pause = performance.now() - stopped;
  const resumed = acknowledged(crowd);
  while (acknowledged(crowd) < resumed + 100) await Bun.sleep(50);
  talking = false;
  const [gone] = await Promise.all([erased, talk]);
  expect(pause).toBeLessThan(20_000);
  const log = await fetchAll(eve, room);
  const { acknowledged: all, ...losses } = await compare(crowd);
  expect(losses).toMatchObject(NO_LOSSES);
  expect(all).toBeGreaterThan(resumed);
  const left = log.filter((item) => item.kind === "message" && gone.includes(item.seq));
  expect(left.length).toBe(gone.length);
  expect(JSON.stringify(left)).not.toContain("a secret");
});

test("[MOVE8] on the way back a live move keeps nodes from writing by itself: whatever they acknowledged has arrived", async () => {
  await furnish("one");
  expect((await toPostgres()).code).toBe(0);
  const secret = keyIn("one");
  const node = await storeIn({ secret });
  const names = Array.from({ length: 2_000 }, (_, at) => `guest-${at}`);
  const enrolled: string[] = [];
  const writing = Promise.try(async () => {
    for (const name of names) {
      await node.enrol({ name, handles: [name], tokenHash: name, time: Date.now() });
      enrolled.push(name);
    }
  }).catch((error) => error.code);
  while (enrolled.length === 0) await Bun.sleep(1);
  const moving = await migrateLive(["--from", postgres.url, "--to", `sqlite:${placeIn("two")}`], {
    SECRET_KEY: secret,
  });
  expect((await moving.ended()).code).toBe(0);
  expect(await writing).toBe("unavailable");
  await node.close();
  const there = await storeIn("two");
  const found = await there.findUsers({ after: 0, limit: 10_000, query: "guest-" });
  expect(found.map(({ name }) => name)).toEqual(enrolled);
  await there.close();
});
