import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hmacDigests } from "@parley/server/auth/digests";
import { obtainSecret } from "@parley/server/auth/secret";
import { openSqlite } from "@parley/server/store/sqlite/sqlite";
import { fill, inhabit } from "../filled.ts";
import { Load, type Measured } from "../load/load.ts";
import { type Bench, type Found, median, type Row, type Scenario } from "../scenario.ts";
import { frame, handshake, type Member } from "../subject.ts";
import { OwnParley, postIn, secret } from "../subjects/parley.ts";

/** What there is while two people talk in a room. */
interface World {
  /** People in the room, with a socket each. */
  members: number;
  /** Rooms that each of them is in and follows. */
  rooms: number;
  /** Messages that were ever said, in all rooms. */
  messages: number;
  /** Further sockets that follow all rooms but that one. */
  idle: number;
}

interface Axis {
  grows: keyof World;
  about: string;
  from: Partial<World>;
  through: readonly number[];
}

const SMALL: World = { members: 10, rooms: 1, messages: 0, idle: 0 };
const AXES: readonly Axis[] = [
  { grows: "members", about: "members in the room", from: {}, through: [2, 10, 100, 1_000, 10_000] },
  { grows: "rooms", about: "rooms that each member follows", from: {}, through: [1, 10, 100, 1_000] },
  { grows: "messages", about: "messages of a hundred rooms", from: { rooms: 100 }, through: [0, 10_000, 1_000_000] },
  { grows: "idle", about: "idle sockets in another room", from: { rooms: 2 }, through: [0, 100, 1_000, 10_000] },
];
const SPEAKERS = 2;
/** Messages that each speaker has under way. */
const WINDOW = 10;
const LARGEST_QUICK = 1_000;
/** People behind the idle sockets, each with many devices. */
const IDLE_PEOPLE = 100;

/** What a message costs the server, while two people talk as fast as they can, against everything that may grow. */
export const growth: Scenario = {
  name: "growth",
  about: "server CPU for a message against members, rooms, history and idle connections",
  async run(bench): Promise<Found> {
    const took = new Map<Axis, Map<number, Measured[]>>();
    for (const axis of AXES) {
      const sizes = axis.through.filter((size, at) => !bench.quick || at < 2 || size <= LARGEST_QUICK);
      took.set(axis, await alternating(bench, axis, sizes));
    }
    return { rows: [...took].flatMap(([axis, bySize]) => rowsOf(axis, bySize)), ratios: ratiosOf(took) };
  },
};

async function alternating(bench: Bench, axis: Axis, sizes: readonly number[]): Promise<Map<number, Measured[]>> {
  const parent = join(bench.folder, "growth");
  const worlds: [number, Prepared][] = [];
  const found = new Map<number, Measured[]>(sizes.map((size) => [size, []]));
  try {
    for (const size of sizes) {
      const world = { ...SMALL, ...axis.from, [axis.grows]: size };
      worlds.push([size, await prepared(bench, join(parent, `${size}`), world)]);
    }
    for (let nth = 1; nth <= bench.rounds; nth++) {
      for (const [size, world] of worlds) {
        const measured = await measure(bench, world, nth);
        found.get(size)?.push(measured);
        bench.say(`growth ${nth}/${bench.rounds} ${size} ${axis.about}: ${perMessage(measured).toFixed(1)} µs`);
      }
    }
    return found;
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** A data folder, and who enters. */
interface Prepared {
  data: string;
  world: World;
  /** Where they talk. */
  room: number;
}

async function prepared(bench: Bench, data: string, world: World): Promise<Prepared> {
  mkdirSync(data, { recursive: true });
  const store = await openSqlite(data);
  const digest = hmacDigests(obtainSecret(null, data)).token;
  const place = await inhabit(store, world.members, world.rooms, digest);
  if (world.idle > 0) await inhabit(store, IDLE_PEOPLE, world.rooms - 1, digest, world.members);
  await fill(store, place, { from: 0, to: world.messages }, bench.say);
  await store.close();
  return { data, world, room: place.rooms.at(-1) as number };
}

async function measure(bench: Bench, { data, world, room }: Prepared, nth: number): Promise<Measured> {
  const own = await OwnParley.start(bench.cores.server, data);
  try {
    const enter = (person: number, post: Uint8Array): Member => ({ port: own.port, steps: entering(person), post });
    // A key that was not used in an earlier round.
    const post = postIn(room, `mub${nth % 10}`);
    const silent = new Uint8Array();
    const members = [
      ...Array.from({ length: world.members }, (_, at) => enter(at, at < SPEAKERS ? post : silent)),
      ...Array.from({ length: world.idle }, (_, at) => enter(world.members + (at % IDLE_PEOPLE), silent)),
    ];
    const where = { core: bench.cores.load, folder: bench.folder };
    const { load } = await Load.enter({ pids: [own.pid] }, members, where);
    try {
      const seconds = bench.quick ? 1 : 3;
      return await load.saturate(WINDOW, seconds / 2, seconds);
    } finally {
      await load.leave();
    }
  } finally {
    await own.stop();
  }
}

function entering(person: number): Member["steps"] {
  const hello = { t: "hello", version: 1, token: secret(person) };
  return [handshake("/socket"), { send: frame(JSON.stringify([hello])), until: '"caught_up"' }];
}

function perMessage({ cpu, messages }: Measured): number {
  return (cpu * 1e6) / messages;
}

function perDelivery({ cpu, deliveries }: Measured): number {
  return (cpu * 1e6) / deliveries;
}

function rowsOf({ grows, about }: Axis, bySize: Map<number, Measured[]>): Row[] {
  return [...bySize].flatMap(([size, took]) => {
    const row = { scenario: "growth", subject: "parley", unit: "µs" };
    const where = `${size.toLocaleString("en")} ${about}`;
    const message = { ...row, figure: `CPU for a message, ${where}`, value: median(took.map(perMessage)) };
    const delivery = { ...row, figure: `CPU for a delivery, ${where}`, value: median(took.map(perDelivery)) };
    return grows === "members" ? [message, delivery] : [message];
  });
}

/** The largest ÷ the smallest; among members what a delivery costs, where there is nothing but deliveries. */
function ratiosOf(took: Map<Axis, Map<number, Measured[]>>): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const [{ grows }, bySize] of took) {
    const all = [...bySize.values()];
    const [few, many] = [grows === "members" ? all.at(-2) : all[0], all.at(-1)];
    if (!few || !many) continue;
    const cost = grows === "members" ? perDelivery : perMessage;
    ratios[`growth_${grows}`] = median(many.map(cost)) / median(few.map(cost));
  }
  return ratios;
}
