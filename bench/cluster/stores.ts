import type { Write } from "@parley/server/core/commit";
import type { Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";
import { message, NOW, openedBy, opens } from "../../server/store/contract/kit.ts";
import { openPostgres } from "../../server/store/postgres/postgres.ts";
import { openSqlite } from "../../server/store/sqlite/sqlite.ts";
import { OwnPostgres } from "../../test/kit/postgres.ts";
import { temporaryFolder } from "../../test/kit/process.ts";
import { type Bench, type Found, median, type Row } from "../scenario.ts";

const BATCHES = [1, 10, 100, 512];
const ROOMS = 10;

interface Place {
  name: string;
  store: Store;
  who: User;
  rooms: readonly number[];
}

/** Messages per second of the store alone, by how many share a commit: Postgres beside SQLite. */
export async function stores(bench: Bench): Promise<Found> {
  const folder = temporaryFolder();
  const own = await OwnPostgres.start();
  try {
    const options = { url: own.url, schema: "bench", connections: 4, patience: 30_000, proof: "p" };
    const places = [
      await settled("postgres", await openPostgres(options)),
      await settled("sqlite", await openSqlite(folder.path)),
    ];
    const found = await measured(bench, places);
    for (const { store } of places) await store.close();
    return found;
  } finally {
    await own.remove();
    folder.remove();
  }
}

async function settled(name: string, store: Store): Promise<Place> {
  const who = await store.enrol({ name: "Ann", handles: ["ann"], tokenHash: "ann", time: NOW });
  const rooms = Array.from({ length: ROOMS }, (_, at) => opens([who], `Room ${at}`));
  return { name, store, who, rooms: (await store.commit(rooms, [])).outcomes.map(openedBy) };
}

async function measured(bench: Bench, places: readonly Place[]): Promise<Found> {
  const rows: Row[] = [];
  const ratios: Record<string, number> = {};
  for (const size of BATCHES) {
    const rates = new Map<Place, number[]>(places.map((place) => [place, []]));
    for (let nth = 1; nth <= bench.rounds; nth++) {
      for (const [place, all] of rates) all.push(await rateOf(place, size, bench.quick ? 0.2 : 2));
    }
    const [there = 0, here = 1] = [...rates.values()].map(median);
    const figure = `messages per second, ${size} in a commit`;
    for (const [{ name }, all] of rates) {
      rows.push({ scenario: "stores", subject: name, figure, value: median(all), unit: "1/s" });
    }
    ratios[`postgres_vs_sqlite_${size}`] = there / here;
    bench.say(`cluster: ${size} messages in a commit: ${there.toFixed(0)} and ${here.toFixed(0)} a second`);
  }
  return { rows, ratios };
}

async function rateOf({ store, who, rooms }: Place, size: number, seconds: number): Promise<number> {
  let [spent, messages] = [0, 0];
  while (spent < seconds * 1000) {
    const batch = Array.from({ length: size }, (_, at) => posted(who, rooms[at % ROOMS] as number));
    const began = performance.now();
    const { outcomes } = await store.commit(batch, []);
    spent += performance.now() - began;
    messages += size;
    if (outcomes.some(({ is }) => is !== "written")) throw new Error("A message was not written.");
  }
  return (messages * 1000) / spent;
}

let keys = 0;

/** A post with the guards that the core gives it. */
function posted(who: User, conversation: number): Write {
  const guards = [
    { is: "open", conversation },
    { is: "member", conversation, user: who.id, since: 2 },
  ] as const;
  const text = "A message of the usual length, which is about eighty characters or a few more.";
  const key = `${Date.now().toString(36)}-${++keys}`;
  return { time: Date.now(), guards: [...guards], drafts: [message(who, conversation, key, text)] };
}
