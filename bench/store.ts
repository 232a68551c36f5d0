/**
 * How many messages a second the SQLite store commits, by the size of the batch, and which part that is of what a bare
 * loop of inserts reaches with the same sync. Each message has its key and the guard of its author's membership; keys
 * begin with the time, as the client's do, or are all chance.
 *
 *     npx --no-install bun bench/store.ts [rooms] [members of each] [seconds for each row]
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "@parley/server/store/sqlite/sqlite";
import { inhabit, messageIn, TEXT } from "./filled.ts";

const [ROOMS = 10, MEMBERS = 100, SECONDS = 2] = process.argv.slice(2).map(Number);
const BATCHES = [1, 10, 100, 1000];
const KEYS = {
  timed: () => Date.now().toString(36) + crypto.randomUUID().slice(0, 22),
  random: () => crypto.randomUUID() as string,
};

interface Figures {
  rate: number;
  p50: number;
  p99: number;
  cpu: number;
}

/** Runs batches for some seconds. The work for the next batch is made outside the measured time. */
async function measure<T>(size: number, make: () => T, commit: (batch: T[]) => Promise<unknown>): Promise<Figures> {
  const took: number[] = [];
  let [spent, cpu] = [0, 0];
  while (spent < SECONDS * 1000) {
    const batch = Array.from({ length: size }, make);
    const [began, user] = [performance.now(), process.cpuUsage()];
    await commit(batch);
    const used = process.cpuUsage(user);
    const elapsed = performance.now() - began;
    took.push(elapsed);
    spent += elapsed;
    cpu += used.user + used.system;
  }
  const messages = took.length * size;
  took.sort((a, b) => a - b);
  const at = (part: number) => took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? 0;
  return { rate: (messages / spent) * 1000, p50: at(0.5), p99: at(0.99), cpu: cpu / messages };
}

async function stored(folder: string, size: number, key: () => string): Promise<Figures> {
  const store = await openSqlite(folder);
  const place = await inhabit(store, MEMBERS, ROOMS);
  let next = 0;
  const make = () => messageIn(place, next++, key(), Date.now());
  const figures = await measure(size, make, async (batch) => {
    const committed = await store.commit(batch, []);
    if (committed.outcomes.some((outcome) => outcome.is !== "written")) throw new Error("A message was not written.");
  });
  await store.close();
  return figures;
}

async function bare(folder: string, size: number): Promise<Figures> {
  const db = new Database(join(folder, "bare.db"), { create: true });
  db.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  db.run("CREATE TABLE entries (id INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL) STRICT");
  const insert = db.prepare("INSERT INTO entries (key, body) VALUES (?, ?)");
  const all = db.transaction((batch: string[]) => {
    for (const key of batch) insert.run(key, `{"text":"${TEXT}"}`);
  });
  const figures = await measure(
    size,
    () => crypto.randomUUID() as string,
    async (batch) => all.immediate(batch),
  );
  insert.finalize();
  db.close();
  return figures;
}

async function inFolder(run: (folder: string) => Promise<Figures>): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

console.log(`${ROOMS} rooms of ${MEMBERS} members, ${SECONDS} s for each row, SQLite with synchronous=FULL`);
console.log("| batch | bare inserts/s | keys | messages/s | ratio | µs of CPU each | p50 ms | p99 ms |");
console.log("|---|---|---|---|---|---|---|---|");
for (const size of BATCHES) {
  const floor = await inFolder((folder) => bare(folder, size));
  for (const [kind, key] of Object.entries(KEYS)) {
    const { rate, cpu, p50, p99 } = await inFolder((folder) => stored(folder, size, key));
    const figures = [rate.toFixed(0), (rate / floor.rate).toFixed(2), cpu.toFixed(1), p50.toFixed(2), p99.toFixed(2)];
    console.log(`| ${[size, floor.rate.toFixed(0), kind, ...figures].join(" | ")} |`);
  }
}
