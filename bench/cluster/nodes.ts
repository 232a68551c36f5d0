import { Cluster } from "../../test/kit/cluster.ts";
import { type Bench, type Found, median, type Row } from "../scenario.ts";
import { cpuOf } from "./cpu.ts";
import { Speakers } from "./speakers.ts";

const COUNTS = [1, 2, 3];
const PEOPLE = 60;

/** What one message of a cluster under full load took. */
interface Taken {
  rate: number;
  /** Microseconds of CPU, of all nodes together and of the others. */
  nodes: number;
  postgres: number;
  broker: number;
}

/**
 * What a message costs by the number of nodes that share the work. They share the cores of this machine as well, so
 * that rates say little; CPU times say what each part would need elsewhere.
 */
export async function nodes(bench: Bench): Promise<Found> {
  const took = new Map<number, Taken[]>(COUNTS.map((count) => [count, []]));
  for (let nth = 1; nth <= bench.rounds; nth++) {
    for (const [count, all] of took) {
      const taken = await measured(count, bench.quick ? 1 : 4);
      bench.say(`cluster ${nth}/${bench.rounds} nodes ${count}: ${taken.nodes.toFixed(0)} µs of theirs for a message`);
      all.push(taken);
    }
  }
  const costs = [...took.values()].map((all) => median(all.map((taken) => taken.nodes)));
  return {
    rows: [...took].flatMap(([count, all]) => rowsOf(count, all)),
    ratios: { growth_nodes: (costs.at(-1) ?? 0) / (costs[0] ?? 1) },
  };
}

async function measured(count: number, seconds: number): Promise<Taken> {
  const cluster = await Cluster.start({ nodes: count, doorbell: "nats", env: { PARLEY_BEAT_MS: "25000" } });
  try {
    const urls = cluster.nodes.map(({ url }) => url);
    const speakers = await Speakers.enter(urls, PEOPLE);
    await speakers.talk(seconds / 4);
    const used = () => [
      cluster.nodes.reduce((sum, { pid }) => sum + cpuOf(pid), 0),
      cpuOf(cluster.postgres.pid),
      cpuOf(cluster.broker?.pid ?? 0),
    ];
    const [before, acknowledged] = [used(), speakers.acknowledged];
    const rate = await speakers.talk(seconds);
    const messages = speakers.acknowledged - acknowledged;
    const each = used().map((now, at) => ((now - (before[at] ?? 0)) * 1e6) / messages);
    speakers.leave();
    const [own = 0, postgres = 0, broker = 0] = each;
    return { rate, nodes: own, postgres, broker };
  } finally {
    await cluster.remove();
  }
}

function rowsOf(count: number, all: readonly Taken[]): Row[] {
  const row = { scenario: "nodes", subject: count === 1 ? "1 node" : `${count} nodes` };
  const of = (part: keyof Taken) => median(all.map((taken) => taken[part]));
  return [
    { ...row, figure: "messages per second, on the same cores", value: of("rate"), unit: "1/s" },
    { ...row, figure: "CPU of all nodes for a message", value: of("nodes"), unit: "µs" },
    { ...row, figure: "CPU of Postgres for a message", value: of("postgres"), unit: "µs" },
    { ...row, figure: "CPU of NATS for a message", value: of("broker"), unit: "µs" },
  ];
}
