import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Load } from "../load/load.ts";
import { Regulars } from "../regulars.ts";
import { type Bench, type Found, median, type Row, type Scenario } from "../scenario.ts";
import type { Running, Subject } from "../subject.ts";
import { OwnParley } from "../subjects/parley.ts";

const PEOPLE = 10_000;
const MEMBERS = 100;
/** Connections that are being made at the same time: a listening socket of Bun holds back 512, others try again later. */
const AT_ONCE = 500;
const FLOORS = ["floor", "floor-bun"];

interface Arrival {
  readonly name: string;
  readonly remark: string;
  start(): Promise<Running>;
}

/** How long it takes until everybody is in who comes at once: with a bare handshake, anew, or where they left off. */
export const arrivals: Scenario = {
  name: "arrivals",
  about: "10,000 people in 5 rooms each come at once: until the last is in, beside bare WebSocket handshakes",
  measures: ({ name }) => name === "parley" || FLOORS.includes(name),
  async run(bench): Promise<Found> {
    const people = bench.quick ? PEOPLE / 10 : PEOPLE;
    const all = await arrivalsOf(bench, people);
    const took = new Map<string, number[]>(all.map(({ name }) => [name, []]));
    for (let nth = 1; nth <= bench.rounds; nth++) {
      for (const arrival of all) {
        const seconds = await measure(bench, arrival, people);
        bench.say(`arrivals ${nth}/${bench.rounds} ${arrival.name}: ${seconds.toFixed(3)} s`);
        took.get(arrival.name)?.push(seconds);
      }
    }
    return { rows: all.flatMap((one) => rowsOf(one, people, took)), ratios: ratiosOf(took) };
  },
};

async function arrivalsOf({ cores, subjects, folder }: Bench, people: number): Promise<Arrival[]> {
  const rooms = Math.ceil(people / MEMBERS);
  const bare = ({ name, start }: Subject): Arrival => ({
    name,
    remark: "a bare WebSocket handshake",
    start: () => start({ rooms, members: MEMBERS }, cores.server),
  });
  const floors = subjects.filter(({ name }) => FLOORS.includes(name)).map(bare);
  if (!subjects.some(({ name }) => name === "parley")) return floors;
  const data = join(folder, "arrivals");
  mkdirSync(data);
  const regulars = await Regulars.settle(data, people);
  const coming = (how: "anew" | "resume") => async () => {
    const own = await OwnParley.start(cores.server, data);
    const member = (n: number) => regulars.member(n, own.port, how);
    return { pids: [own.pid], member, stop: () => own.stop() };
  };
  return [
    ...floors,
    { name: "parley, anew", remark: "with a token and no cursor, until caught up", start: coming("anew") },
    { name: "parley, resuming", remark: "with a token and every cursor, until caught up", start: coming("resume") },
  ];
}

/** Seconds from the first connection to the last one that is in. */
async function measure({ cores, folder }: Bench, { start }: Arrival, people: number): Promise<number> {
  const running = await start();
  try {
    const members = Array.from({ length: people }, (_, n) => running.member(n));
    const { load, entered } = await Load.enter(running, members, { core: cores.load, folder, atOnce: AT_ONCE });
    await load.leave();
    return entered / 1000;
  } finally {
    await running.stop();
  }
}

function rowsOf({ name: subject, remark }: Arrival, people: number, took: ReadonlyMap<string, number[]>): Row[] {
  const seconds = median(took.get(subject) ?? []);
  const row = { scenario: "arrivals", subject, remark };
  return [
    { ...row, figure: `until ${people.toLocaleString("en")} are in`, value: seconds, unit: "s" },
    { ...row, figure: "connects per second", value: people / seconds, unit: "1/s" },
  ];
}

function ratiosOf(took: ReadonlyMap<string, number[]>): Record<string, number> {
  const seconds = (name: string) => {
    const values = took.get(name);
    return values ? median(values) : Number.NaN;
  };
  const ratios = {
    resumes_vs_handshakes: seconds("parley, resuming") / seconds("floor-bun"),
    resumes_vs_c_handshakes: seconds("parley, resuming") / seconds("floor"),
    connects_vs_handshakes: seconds("floor-bun") / seconds("parley, anew"),
  };
  return Object.fromEntries(Object.entries(ratios).filter(([, value]) => !Number.isNaN(value)));
}
