import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import { draft, joined, message, NOW, opens, write } from "../contract/kit.ts";
import { StoreError } from "../errors.ts";
import { migrate, readMeta } from "./migrate.ts";
import { type Opened, openFolder } from "./open.ts";
import { MIGRATIONS } from "./schema.ts";
import { openSqlite, storeOf } from "./sqlite.ts";

const folders: string[] = [];
const open: Store[] = [];

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "parley-files-"));
  folders.push(folder);
  return folder;
}

function opened(folder: string, scrubWithin?: number): { store: Store; db: Opened["db"] } {
  const files = openFolder(folder);
  const store = storeOf(files, scrubWithin);
  open.push(store);
  return { store, db: files.db };
}

afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function annAt(store: Store): Promise<{ ann: User; at: number }> {
  const ann = await store.enrol({ name: "Ann", handles: ["ann"], tokenHash: "t", time: NOW });
  const { outcomes } = await store.commit([opens([ann], "k")], []);
  return { ann, at: (outcomes[0]?.is === "written" && outcomes[0].opened) || 0 };
}

async function refusal(path: string): Promise<string> {
  const error = await openSqlite(path).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(StoreError);
  return error.message;
}

test("[DUR3] a store whose files were closed says unavailable, and closes twice without harm", async () => {
  const { store } = opened(emptyFolder());
  await store.close();
  await store.close();
  await expect(store.users([1])).rejects.toMatchObject({ code: "unavailable" });
  await expect(store.commit([], [])).rejects.toMatchObject({ code: "unavailable" });
  await expect(store.ready()).rejects.toMatchObject({ code: "unavailable" });
});

test("[DUR3] closing leaves one file with everything in it, beside the lock", async () => {
  const folder = emptyFolder();
  const { store } = opened(folder);
  await annAt(store);
  await store.close();
  expect(readdirSync(folder).sort()).toEqual(["parley.db", "parley.lock"]);
});

test("[DUR4] a folder that is open is refused to others, and free once it was closed", async () => {
  const folder = emptyFolder();
  const { store } = opened(folder);
  expect(await refusal(folder)).toBe(`The data folder ${folder} is in use by another Parley that is still running.`);
  await store.close();
  expect((await opened(folder).store.heads([1])).size).toBe(0);
});

test("[DUR4] a folder whose process was killed is free at once, with everything that it acknowledged", async () => {
  const folder = emptyFolder();
  const script = `
    const { openSqlite } = await import(${JSON.stringify(join(import.meta.dir, "sqlite.ts"))});
    const store = await openSqlite(${JSON.stringify(folder)});
    const user = await store.enrol({ name: "Ann", handles: ["ann"], tokenHash: "t", time: 1 });
    console.log(user.id);
    setInterval(() => {}, 1000);`;
  const other = Bun.spawn([process.execPath, "--eval", script], { stdout: "pipe", stderr: "inherit" });
  const reader = other.stdout.getReader();
  const id = Number(new TextDecoder().decode((await reader.read()).value));
  expect(await refusal(folder)).toContain("is in use by another Parley");
  other.kill("SIGKILL");
  await other.exited;
  expect(existsSync(join(folder, "parley.lock"))).toBe(true);
  expect(await opened(folder).store.userByToken("t", 1)).toMatchObject({ id, name: "Ann" });
});

test("[DUR5] where the disk is full a whole batch is undone, reading goes on, and writing once there is room", async () => {
  const { store, db } = opened(emptyFolder());
  const { ann, at } = await annAt(store);
  const { page_count: pages } = db.query("PRAGMA page_count").get() as { page_count: number };
  db.run(`PRAGMA max_page_count = ${pages + 1}`);
  const large = [1, 2, 3].map((n) => write(message(ann, at, `k${n}`, "x".repeat(n * 4000))));
  const mark = { conversation: at, user: ann.id, delivered: 3, read: 3 };
  await expect(store.commit(large, [mark])).rejects.toMatchObject({ code: "unavailable" });
  expect((await store.heads([at])).get(at)?.seq).toBe(2);
  expect(await store.entries(at, 2, 10, 1e6)).toEqual([]);
  expect(await store.recall(ann.id, at, "k1")).toBeNull();
  expect(await store.userByToken("t", NOW + 1e10)).toEqual(ann);
  await expect(store.ready()).rejects.toMatchObject({ code: "unavailable" });
  db.run("PRAGMA max_page_count = 1000000");
  await store.ready();
  const { outcomes, moved } = await store.commit(large, [mark]);
  expect(outcomes.map((outcome) => outcome.is === "written" && outcome.logged[0]?.entry.seq)).toEqual([3, 4, 5]);
  expect(moved).toEqual([mark]);
});

test("[DUR5] a fault of our own undoes the whole batch, too, and is no circumstance", async () => {
  const { store } = opened(emptyFolder());
  const { ann, at } = await annAt(store);
  const batch = [write(message(ann, at, "k1", "lost")), write(message(ann, 999, "k2", "nowhere"))];
  await expect(store.commit(batch, [])).rejects.toThrow("There is no conversation 999.");
  expect((await store.heads([at])).get(at)?.seq).toBe(2);
  expect((await store.commit(batch.slice(0, 1), [])).outcomes).toMatchObject([{ is: "written" }]);
});

test("[DUR5] nobody is taken for a member because of a batch that was undone", async () => {
  const { store } = opened(emptyFolder());
  const { ann, at } = await annAt(store);
  const bob = await store.enrol({ name: "Bob", handles: ["bob"], tokenHash: "b", time: NOW });
  const says = write(message(bob, at, "k1", "here"), { is: "member", conversation: at, user: bob.id, since: 3 });
  const undone = [write(joined(bob, at, "in")), says, write(message(ann, 999, "k2", "nowhere"))];
  await expect(store.commit(undone, [])).rejects.toThrow("There is no conversation 999.");
  expect((await store.commit([says], [])).outcomes).toMatchObject([{ is: "refused" }]);
});

test("[DUR6] a folder that cannot be one is refused, and named", async () => {
  const file = join(emptyFolder(), "file");
  writeFileSync(file, "not a folder");
  expect(await refusal(file)).toBe(`The data folder ${file} cannot be read and written (EEXIST).`);
  const below = join(file, "below");
  expect(await refusal(below)).toBe(`The data folder ${below} cannot be read and written (ENOTDIR).`);
});

test("[DUR6] a file that is no database is refused, and left as it is", async () => {
  const folder = emptyFolder();
  const path = join(folder, "parley.db");
  writeFileSync(path, "this is not a database, however long it may be, and nothing may be written into it ".repeat(20));
  const before = readFileSync(path, "utf8");
  expect(await refusal(folder)).toBe(`${path} is damaged or not a database of Parley: restore a backup.`);
  expect(readFileSync(path, "utf8")).toBe(before);
});

test("[DUR6] a database that a newer version wrote is refused, and left as it is", async () => {
  const folder = emptyFolder();
  await opened(folder).store.close();
  const db = new Database(join(folder, "parley.db"));
  db.run("UPDATE meta SET value = 99 WHERE name = 'schema_version'");
  db.close();
  expect(await refusal(folder)).toContain("was written by a newer Parley (schema 99");
  expect(await refusal(folder)).not.toContain("\n");
});

test("[DUR7] each step is done once, in order, and a step that fails leaves the database at the one before", () => {
  const db = new Database(":memory:");
  const first = "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)";
  const broken = "INSERT INTO a VALUES (2); INSERT INTO nowhere VALUES (1)";
  expect(() => migrate(db, [first, broken])).toThrow();
  expect(readMeta(db, "schema_version")).toBe(1);
  expect(db.query("SELECT x FROM a").values()).toEqual([[1]]);
  migrate(db, [first, "INSERT INTO a VALUES (3)"]);
  migrate(db, [first, "INSERT INTO a VALUES (3)"]);
  expect(readMeta(db, "schema_version")).toBe(2);
  expect(db.query("SELECT x FROM a").values()).toEqual([[1], [3]]);
  db.close();
});

test("[DUR8] what was erased is in no file once it was scrubbed, while the rest is", async () => {
  const folder = emptyFolder();
  const { store } = opened(folder, 0);
  const { ann, at } = await annAt(store);
  const long = "SECRET-LONG ".repeat(1000);
  for (const text of ["SECRET-SHORT", long, "KEPT"])
    await store.commit([write(message(ann, at, text.slice(0, 9), text))], []);
  await store.commit([write(draft(ann, at, "e", "edited", { target: 3, text: "SECRET-EDIT" }))], []);
  const files = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
  expect(files().join()).toContain("SECRET-EDIT");
  for (const target of [3, 4]) {
    await store.commit([write(draft(ann, at, `d${target}`, "deleted", { target, of: ann.id }))], []);
  }
  while (statSync(join(folder, "parley.db-wal")).size > 0) await Bun.sleep(1);
  expect(files().join()).toContain("KEPT");
  for (const secret of ['SECRET-SHORT"', "SECRET-LONG SECRET", "SECRET-EDIT"])
    expect(files().join()).not.toContain(secret);
});

test("[DUR7] a database of the first schema is brought to the present one, and nothing in it is missing", async () => {
  const folder = emptyFolder();
  const first = openFolder(folder, MIGRATIONS.slice(0, 1));
  first.db.run(`
    INSERT INTO conversations (kind, folded, visibility, created, members, closed) VALUES
      ('inbox', '', 'private', 1, 1, 0), ('inbox', '', 'private', 1, 1, 1);
    INSERT INTO users (name, handle, kind, role, inbox) VALUES
      ('Åsa', 'asa', 'guest', 'guest', 1), ('deleted', 'deleted-1000001', 'guest', 'guest', 2);
    INSERT INTO tokens (hash, user, used) VALUES ('t', 1000000, 20000);
    INSERT INTO conversations (kind, folded, visibility, created, head) VALUES ('room', '', 'public', 1, 3);
    INSERT INTO entries (conversation, seq, live, author, kind, time, key, body) VALUES
      (3, 1, 0, 1000000, 0, 1, 'a', '{}'), (3, 2, 1, 1000000, 4, 1, 'b', '{}'), (3, 3, 0, 1000000, 4, 1, 'c', '{}')`);
  first.close();
  const { store, db } = opened(folder);
  expect(readMeta(db, "schema_version")).toBe(MIGRATIONS.length);
  expect(await store.findUsers({ after: 0, limit: 10, query: "ÅS" })).toMatchObject([{ id: 1_000_000, handle: "asa" }]);
  expect(await store.findUsers({ after: 0, limit: 10, query: "" })).toMatchObject([{ name: "Åsa" }]);
  expect(await store.userByToken("t", NOW)).toMatchObject({ name: "Åsa", inbox: 1 });
  expect(await store.reachedBy(1, 1, 0)).toEqual([]);
  expect(await store.conversation(3)).toMatchObject({ head: 3, messages: 2 });
});

test("[DUR9] every commit is synced: write-ahead, synchronous FULL, on the connection that writes", () => {
  const { db } = opened(emptyFolder());
  const pragma = (name: string) => Object.values(db.query(`PRAGMA ${name}`).get() as object)[0];
  expect(pragma("journal_mode")).toBe("wal");
  expect(pragma("synchronous")).toBe(2);
  expect(pragma("foreign_keys")).toBe(1);
  expect(pragma("secure_delete")).toBe(1);
});

test("[DUR9] the epoch is random and made once", async () => {
  const folder = emptyFolder();
  const { store } = opened(folder);
  const other = opened(emptyFolder()).store;
  expect(store.epoch).toMatch(/^[\w-]{16}$/);
  expect(other.epoch).not.toBe(store.epoch);
  await store.close();
  expect(opened(folder).store.epoch).toBe(store.epoch);
});
