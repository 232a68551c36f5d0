/**
 * What a page of history, an unread count and the list of rooms cost on SQLite, against how much was ever said: the
 * real operations on the real store, each size in its own database, asked in alternating rounds.
 *
 *     npx --no-install bun bench/history.ts [--quick]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@parley/server/core/ports";
import { openSqlite } from "@parley/server/store/sqlite/sqlite";
import { Stage } from "../test/kit/stage.ts";
import { filledFolders, type Inhabited } from "./filled.ts";
import { type Findings, median, print, quantile, type Row } from "./rows.ts";

const SIZES = [10_000, 100_000, 1_000_000, 10_000_000];
const PEOPLE = 20;
const ROOMS = 100;
const ROUNDS = 30;
/** Questions of each kind in a round, so that a median of the round means something. */
const EACH = 20;
const PAGE = 50;
/** How far behind the newest message somebody is whose unread messages are counted. */
const BEHIND = 40;

/** One kind of question, about a conversation with its newest seq. */
type Ask = (stage: Stage, place: Inhabited, room: number, head: number) => Promise<unknown>;

const QUESTIONS: Record<string, Ask> = {
  "newest page": (stage, place, conversation) => stage.chat.run(asker(place), "history", { conversation, limit: PAGE }),
  "page anywhere": (stage, place, conversation, head) =>
    stage.chat.run(asker(place), "history", { conversation, limit: PAGE, before: PAGE + any(head - PAGE) + 1 }),
  "unread count": (stage, place, conversation, head) =>
    stage.store.unread(conversation, asker(place).user.id, head - BEHIND),
  "room list": (stage, place) => stage.chat.run(asker(place), "list_rooms", { limit: PAGE }),
};

/** Fills databases, asks them, and removes them. */
export async function history(quick: boolean, progress: (line: string) => void): Promise<Findings> {
  const sizes = quick ? SIZES.slice(0, 2) : SIZES;
  const parent = mkdtempSync(join(tmpdir(), "parley-bench-"));
  try {
    const { folders, place } = await filledFolders(parent, sizes, { people: PEOPLE, rooms: ROOMS }, progress);
    const stores = await Promise.all(folders.map(openSqlite));
    const took = await rounds(stores, place, progress);
    await Promise.all(stores.map((store) => store.close()));
    return measured(sizes, took);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** Milliseconds of every question, by its kind and by which store was asked. */
type Took = Map<string, number[][]>;

async function rounds(stores: Store[], place: Inhabited, progress: (line: string) => void): Promise<Took> {
  const stages = stores.map((store) => new Stage({ store }));
  const took: Took = new Map(Object.keys(QUESTIONS).map((name) => [name, stores.map(() => [])]));
  for (let round = -3; round < ROUNDS; round++) {
    if (round % 10 === 0) progress(`round ${round} of ${ROUNDS}`);
    for (const [name, ask] of Object.entries(QUESTIONS)) {
      for (const [at, stage] of stages.entries()) {
        const times = await asked(stage, place, ask);
        // The first rounds warm up.
        if (round >= 0) took.get(name)?.[at]?.push(...times);
      }
    }
  }
  return took;
}

async function asked(stage: Stage, place: Inhabited, ask: Ask): Promise<number[]> {
  const heads = await stage.store.heads(place.rooms);
  const times: number[] = [];
  for (let n = 0; n < EACH; n++) {
    const room = place.rooms[any(place.rooms.length)] as number;
    const began = performance.now();
    await ask(stage, place, room, heads.get(room)?.seq ?? 0);
    times.push(performance.now() - began);
  }
  return times;
}

function measured(sizes: readonly number[], took: Took): Findings {
  const rows: Row[] = [];
  const ratios: Record<string, number> = {};
  for (const [name, bySize] of took) {
    const medians = bySize.map(median);
    bySize.forEach((times, n) => {
      const about = `${name} at ${sizes[n]?.toExponential(0)} messages`;
      rows.push({ name: `${about}, p50`, value: median(times) * 1000, unit: "µs" });
      rows.push({ name: `${about}, p99`, value: quantile(times, 0.99) * 1000, unit: "µs" });
    });
    ratios[`history ${name}`] = (medians.at(-1) as number) / (medians[0] as number);
  }
  return { rows, ratios };
}

function asker({ people }: Inhabited) {
  return { user: people[any(people.length)] as Inhabited["people"][number] };
}

function any(below: number): number {
  return Math.floor(Math.random() * below);
}

if (import.meta.main) print(await history(process.argv.includes("--quick"), console.error));
