import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import { draft, message, NOW, opens, write } from "../contract/kit.ts";
import type { Copying, Thread } from "./checkpoints.ts";
import { openFolder } from "./open.ts";
import { storeOf } from "./sqlite.ts";

const PAGE = 4096 + 24;
const folders: string[] = [];
const open: Store[] = [];

afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A room in a store whose threads are counted; each runs this file, and is let go after so many calm milliseconds. */
class Talk {
  readonly folder = mkdtempSync(join(tmpdir(), "parley-copied-"));
  readonly store: Store;
  readonly db: Database;
  readonly threads: Thread[] = [];
  ended = 0;
  ann!: User;
  at = 0;
  #said = 0;
  #held: Promise<void> | null = null;

  constructor({ file = "./checkpointer.ts", calm = 60_000, scrubWithin = 60_000 } = {}) {
    folders.push(this.folder);
    const opened = openFolder(this.folder);
    const start = () => {
      const thread = new Worker(new URL(file, import.meta.url), { smol: true }) as Thread;
      thread.addEventListener("close", () => this.ended++);
      this.threads.push(thread);
      const tell = thread.postMessage.bind(thread);
      const held = this.#held;
      if (held) thread.postMessage = (copying: Copying) => void held.then(() => tell(copying));
      return thread;
    };
    this.db = opened.db;
    this.store = storeOf(opened, scrubWithin, { start, calm });
    open.push(this.store);
  }

  async begin(): Promise<this> {
    this.ann = await this.store.enrol({ name: "Ann", handles: ["ann"], tokenHash: "t", time: NOW });
    const { outcomes } = await this.store.commit([opens([this.ann], "k")], []);
    this.at = (outcomes[0]?.is === "written" && outcomes[0].opened) || 0;
    return this;
  }

  /** The next thread hears what it is to do only when the result is called. */
  holdThread(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  /** Commits so many messages, each of at least three pages, alone; the loop turns in between. */
  async say(messages: number): Promise<void> {
    for (let nth = 0; nth < messages; nth++) {
      const text = `${this.#said} ${"x".repeat(4000)}`;
      await this.store.commit([write(message(this.ann, this.at, `k${this.#said++}`, text))], []);
      await Bun.sleep(0);
    }
  }

  /** Pages in the write-ahead file since it was begun anew, and how many of them are in the database as well. */
  pages(): { log: number; checkpointed: number } {
    return this.db.query("PRAGMA wal_checkpoint(NOOP)").get() as { log: number; checkpointed: number };
  }

  /** The most pages that the write-ahead file ever had. */
  most(): number {
    return statSync(join(this.folder, "parley.db-wal")).size / PAGE;
  }

  get written(): number {
    return this.#said;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(5);
}

test("[DUR11] while there is always more to say a thread copies what was committed, and the write-ahead file stays small", async () => {
  const talk = await new Talk().begin();
  // So that nothing but the thread begins to copy.
  talk.db.run("PRAGMA wal_autocheckpoint = 0");
  await talk.say(2_000);
  expect(talk.threads.length).toBe(1);
  expect(talk.most()).toBeLessThan(4_000);
  expect(talk.pages().log).toBeLessThan(4_000);
  await talk.store.close();
  const kept = new Database(join(talk.folder, "parley.db"), { readonly: true });
  expect(kept.query("SELECT count(*) AS n FROM entries WHERE kind = 4").get()).toEqual({ n: 2_000 });
  expect(kept.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  kept.close();
}, 60_000);

test("[DUR11] where no thread can be had the commits copy it themselves, later", async () => {
  const talk = await new Talk({ file: "./nowhere.ts" }).begin();
  await talk.say(2_000);
  expect(talk.threads.length).toBeGreaterThan(0);
  expect(talk.most()).toBeGreaterThan(4_000);
  expect(talk.most()).toBeLessThan(4_200);
}, 60_000);

test("[DUR11] where the thread lags the commits copy at 4,000 pages, and it begins again afterwards", async () => {
  const talk = await new Talk().begin();
  const goOn = talk.holdThread();
  await talk.say(2_000);
  expect(talk.most()).toBeGreaterThan(4_000);
  expect(talk.most()).toBeLessThan(4_200);
  talk.db.run("PRAGMA wal_autocheckpoint = 0");
  goOn();
  await talk.say(2_000);
  expect(talk.pages().log).toBeLessThan(4_000);
}, 60_000);

test("[DUR11] a server where little is said has no such thread, and one that has become calm none any more", async () => {
  const talk = await new Talk({ calm: 20 }).begin();
  await talk.say(100);
  expect(talk.threads).toEqual([]);
  await talk.say(250);
  expect(talk.threads.length).toBeGreaterThan(0);
  await until(() => talk.ended > 0);
  const before = talk.threads.length;
  await talk.say(350);
  expect(talk.threads.length).toBeGreaterThan(before);
}, 60_000);

test("[DUR11] while somebody reads from the write-ahead file, as a backup does, talk goes on and copying ends later", async () => {
  const talk = await new Talk().begin();
  const reader = new Database(join(talk.folder, "parley.db"), { readonly: true });
  reader.run("BEGIN");
  const before = reader.query("SELECT count(*) AS n FROM entries").get();
  await talk.say(1_000);
  expect(reader.query("SELECT count(*) AS n FROM entries").get()).toEqual(before);
  expect(talk.pages().checkpointed).toBeLessThan(100);
  reader.run("COMMIT");
  reader.close();
  await talk.say(500);
  await until(() => talk.pages().checkpointed > 3_000 || talk.pages().log < 3_000);
}, 60_000);

test("[DUR3] a store that is closed while it copies leaves one file with everything in it", async () => {
  for (let round = 0; round < 5; round++) {
    const talk = await new Talk().begin();
    while (talk.threads.length === 0) await talk.say(1);
    await talk.store.close();
    expect(readdirSync(talk.folder).sort()).toEqual(["parley.db", "parley.lock"]);
    const kept = new Database(join(talk.folder, "parley.db"), { readonly: true });
    expect(kept.query("SELECT count(*) AS n FROM entries WHERE kind = 4").get()).toEqual({ n: talk.written });
    kept.close();
  }
}, 60_000);

test("[DUR8] what was erased leaves the write-ahead file as soon as nobody copies from it", async () => {
  const talk = await new Talk({ scrubWithin: 1 }).begin();
  await talk.store.commit([write(message(talk.ann, talk.at, "s", "SECRET-TEXT"))], []);
  const goOn = talk.holdThread();
  while (talk.threads.length === 0) await talk.say(1);
  await talk.store.commit([write(draft(talk.ann, talk.at, "d", "deleted", { target: 3, of: talk.ann.id }))], []);
  await Bun.sleep(20);
  expect(talk.most()).toBeGreaterThan(0);
  goOn();
  await until(() => talk.most() === 0);
  for (const name of readdirSync(talk.folder)) {
    expect(readFileSync(join(talk.folder, name), "latin1")).not.toContain("SECRET-TEXT");
  }
}, 60_000);
