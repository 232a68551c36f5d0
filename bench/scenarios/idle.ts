import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { affordableSockets } from "../../test/kit/process.ts";
import { Load } from "../load/load.ts";
import { Regulars } from "../regulars.ts";
import { type Bench, type Found, median, type Row, type Scenario } from "../scenario.ts";
import type { Running } from "../subject.ts";
import { OwnParley } from "../subjects/parley.ts";

const SOCKETS = 10_000;
const MEMBERS = 100;
/** Peers whose sockets are worth a comparison: each of theirs is in one room. */
const OTHERS = ["floor", "floor-bun", "ws", "socket.io"];
/** Sockets that come and go first, so that what a server needs once is not counted. */
const EARLIER = 200;
/** Enough for what the server puts off, and for its memory to be given back. */
const SETTLE_MS = 5_000;

interface Idle {
  readonly name: string;
  readonly sockets: number;
  readonly remark: string;
  start(): Promise<Running>;
}

/** What a socket costs that is in and says nothing. */
export const idle: Scenario = {
  name: "idle",
  about: "memory of the server for each idle socket that is in: 10,000, and as many as may be open here",
  measures: ({ name }) => name === "parley" || OTHERS.includes(name),
  async run(bench): Promise<Found> {
    const all = await idlesOf(bench);
    const rows: Row[] = [];
    for (const one of all) {
      const found: number[] = [];
      for (let nth = 1; nth <= bench.rounds; nth++) {
        found.push(await measure(bench, one));
        bench.say(
          `idle ${nth}/${bench.rounds} ${one.name}, ${one.sockets} sockets: ${found.at(-1)?.toFixed(2)} KB each`,
        );
      }
      const figure = `memory for each of ${one.sockets.toLocaleString("en")} sockets`;
      rows.push({ scenario: "idle", subject: one.name, figure, value: median(found), unit: "KB", remark: one.remark });
    }
    const own = rows.find(({ subject }) => subject === "parley");
    return { rows, ratios: own ? { idle_kb_per_socket: own.value } : {} };
  },
};

async function idlesOf({ subjects, quick, cores, folder }: Bench): Promise<Idle[]> {
  const most = await affordableSockets(1_000_000);
  const sockets = Math.min(most, quick ? SOCKETS / 10 : SOCKETS);
  const rooms = Math.ceil(most / MEMBERS);
  const others = subjects
    .filter(({ name }) => OTHERS.includes(name))
    .map(({ name, start }): Idle => {
      return { name, sockets, remark: "in one room", start: () => start({ rooms, members: MEMBERS }, cores.server) };
    });
  if (!subjects.some(({ name }) => name === "parley")) return others;
  const data = join(folder, "idle");
  mkdirSync(data);
  const regulars = await Regulars.settle(data, quick ? sockets : most);
  const start = async (): Promise<Running> => {
    const own = await OwnParley.start(cores.server, data);
    const member = (n: number) => regulars.member(n, own.port, "resume");
    return { pids: [own.pid], member, stop: () => own.stop() };
  };
  const parley = { name: "parley", remark: "authenticated, in five rooms", start };
  const sizes = quick || most < 1.5 * sockets ? [sockets] : [sockets, most];
  return [...others, ...sizes.map((size) => ({ ...parley, sockets: size }))];
}

/** KB of resident memory for each socket. */
async function measure(bench: Bench, { start, sockets }: Idle): Promise<number> {
  const running = await start();
  try {
    const few = await enter(bench, running, EARLIER);
    await few.leave();
    await Bun.sleep(SETTLE_MS);
    const before = resident(running.pids);
    const load = await enter(bench, running, sockets);
    await Bun.sleep(SETTLE_MS);
    const after = resident(running.pids);
    await load.leave();
    return (after - before) / sockets;
  } finally {
    await running.stop();
  }
}

async function enter({ cores, folder }: Bench, running: Running, count: number): Promise<Load> {
  const members = Array.from({ length: count }, (_, n) => running.member(n));
  return (await Load.enter(running, members, { core: cores.load, folder })).load;
}

function resident(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    return sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  }, 0);
}
