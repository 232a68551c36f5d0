import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { type Client, createClient } from "@parley/client";
import connect from "postgres";
import { TABLES } from "../../server/store/moving/tables.ts";
import { openSqlite } from "../../server/store/sqlite/sqlite.ts";
import { DirectSite } from "../kit/direct-site.ts";
import { OldClient } from "../kit/old-client.ts";
import { Removal } from "../kit/removal.ts";
import { until } from "../kit/replicas.ts";

const at = new Removal();

/** A household with something of everything; the first two stay connected. */
async function live(url: string): Promise<{ ann: Client; bob: Client; kitchen: number }> {
  const [ann, bob, cid] = (await Promise.all(
    ["Ann", "Bob", 'Çid \\ "O\'Neill"'].map((name) => at.enter(url, name)),
  )) as [Client, Client, Client];
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
  const server = await at.serve("one");
  await live(server.url);
  await server.stop();
  const before = await at.answers("one");
  expect(before.people.length).toBeGreaterThan(4);

  expect(await at.toPostgres()).toMatchObject({ code: 0 });
  const secret = at.keyIn("one");
  expect(await at.answers({ secret })).toEqual(before);

  const moved = await at.storeIn({ secret });
  const box = { name: "Dora", handles: ["dora"], tokenHash: "dora", time: Date.now() };
  const dora = await moved.enrol(box);
  expect(dora.id).toBeGreaterThan(Math.max(...before.people.map(({ person }) => person.id)));
  expect(dora.inbox).toBeGreaterThan(Math.max(...before.conversations.map(({ row }) => row?.id ?? 0)));
  await moved.close();
  const between = await at.answers({ secret });

  expect(await at.toSqlite(secret)).toMatchObject({ code: 0 });
  expect(at.keyIn("two")).toBe(secret);
  expect(await at.answers("two")).toEqual(between);
  const back = await at.storeIn("two");
  expect((await back.enrol({ ...box, name: "Emil", handles: ["emil"], tokenHash: "e" })).id).toBe(dora.id + 1);
  await back.close();
});

test("[MOVE1] no table and no column of either database is left behind", async () => {
  const moved = TABLES.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`)).sort();
  await (await openSqlite(at.placeIn("one"))).close();
  await (await at.storeIn({ secret: "s" })).close();
  const db = new Database(`${at.placeIn("one")}/parley.db`, { readonly: true });
  const ours = db
    .query(
      "SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'",
    )
    .values()
    .map(([name]) => String(name))
    .filter((name) => !/^(meta|sqlite_sequence)\./.test(name));
  db.close();
  expect(ours.sort()).toEqual(moved);
  const sql = connect(at.postgres.url, { max: 1 });
  const rows = await sql`SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = ${at.schema} AND table_name NOT IN ('meta', 'nodes', 'leases')`;
  await sql.end();
  const theirs = rows.map(({ name }) => String(name).replace(/\.person$/, ".user"));
  expect(theirs.filter((name) => !["entries.about", "users.looks"].includes(name)).sort()).toEqual(moved);
});

test("[MOVE2] people who are connected keep token and cursor: they miss nothing, are told no hole, and what they wrote meanwhile arrives", async () => {
  const server = await at.serve("one");
  const { ann, bob, kitchen } = await live(server.url);
  const token = JSON.stringify(ann.me);
  const held = bob.timeline(kitchen).rows.length;
  await server.stop();
  expect((await at.toPostgres()).code).toBe(0);
  const secret = at.keyIn("one");
  const waiting = ann.post(kitchen, "written in between").sent;
  for (const home of [
    () => at.serve("nodes", secret),
    async () => {
      await at.server?.stop();
      expect((await at.toSqlite(secret)).code).toBe(0);
      return at.serve("two");
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
  const again = createClient({ url: at.server?.url ?? "" });
  at.keep(again);
  expect((await again.signIn("Ann", "correct horse battery")).id).toBe(ann.me?.id ?? 0);
});

test("[MOVE4] a dry run compares both sides while the server runs, and leaves them as they were", async () => {
  const server = await at.serve("one");
  const ann = await at.enter(server.url, "Ann");
  const { id } = await ann.createRoom({ name: "Kitchen" });
  await ann.post(id, "hello").sent;
  const { code, out, err } = await at.toPostgres("--dry-run", "--json");
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
  expect((await at.toPostgres()).code).toBe(0);
});
