import { parseArgs } from "node:util";
import type { Client } from "@parley/client";
import { Cluster } from "../kit/cluster.ts";
import { acknowledged, type Crowd, compare, keepTalking, type Losses, moveIn } from "../kit/crowd.ts";
import type { FaultProxy } from "../kit/proxy.ts";
import { until } from "../kit/replicas.ts";
import { spelled } from "../kit/spelled.ts";
import { OldTalkers, type OldVerdict } from "./old-talkers.ts";

const HOME = "harbour";
const CROWD = 20;

export interface StormPlan {
  minutes: number;
  clients: number;
  olds: number;
  doorbell: "redis" | "nats";
  /** Milliseconds between two messages of one client, on average. */
  pause: number;
  progress?(line: string): void;
}

export interface StormReport extends Losses {
  mishaps: Record<string, number>;
  old: OldVerdict & { said: number; returns: number };
  /** Faults in the program that a node caught and logged. */
  bugs: number;
}

type Mishap = (cluster: Cluster) => Promise<void>;

const pause = () => Bun.sleep(700 + Math.random() * 1_500);
const one = <T>(all: readonly T[]) => all[Math.floor(Math.random() * all.length)] as T;
const node = ({ nodes }: Cluster) => one(nodes);

/** One node and what it depends on are parted: what they say is swallowed, or their lines end and begin no more. */
async function parted(link: FaultProxy | null): Promise<void> {
  link?.suffer(one(["dead", "cut"]));
  await pause();
  link?.suffer(null);
}

/** What befalls a cluster; each leaves it whole. */
const MISHAPS: Record<string, Mishap> = {
  node_without_bus: ({ links }) => parted(one(links).bus),
  node_without_database: ({ links }) => parted(one(links).database),
  async node_killed(cluster) {
    const killed = node(cluster);
    await killed.kill();
    await pause();
    await killed.start();
  },
  async node_stopped(cluster) {
    const stopped = node(cluster);
    await stopped.stop();
    await pause();
    await stopped.start();
  },
  async database_crashed({ postgres }) {
    await postgres.end("SIGKILL");
    await pause();
    await postgres.serve();
  },
  async database_restarted({ postgres }) {
    await postgres.end("SIGINT");
    await postgres.serve();
  },
  async database_cut_off({ postgres }) {
    await postgres.cut();
  },
  async database_stood_still({ postgres }) {
    postgres.signal("SIGSTOP");
    await pause();
    postgres.signal("SIGCONT");
  },
  async bus_gone({ broker }) {
    await broker?.end();
    await pause();
    await broker?.serve();
  },
  async all_at_once({ nodes, postgres, broker }) {
    const some = nodes.slice(0, 2);
    await Promise.all([...some.map((each) => each.kill()), broker?.end(), postgres.end("SIGKILL")]);
    await pause();
    await Promise.all([postgres.serve(), broker?.serve()]);
    await Promise.all(some.map((each) => each.start()));
  },
};

/** Real clients and clients of a dialect talk to three nodes, to which everything happens; then all is compared. */
export async function runStorm(plan: StormPlan): Promise<StormReport> {
  const env = { PARLEY_HOME_ROOMS: `plain=${HOME}`, PARLEY_DB_PATIENCE_MS: "2000" };
  const cluster = await Cluster.start({ nodes: 3, doorbell: plan.doorbell, env, links: true });
  try {
    const crowds = await moveInAll(cluster.url, plan.clients);
    const olds = new OldTalkers(
      cluster.url,
      Array.from({ length: plan.olds }, (_, at) => `old${"abcdefghkw"[at % 10]}${"abcdefghkw"[Math.floor(at / 10)]}`),
    );
    const home = await enterHome(cluster.url, crowds[0] as Crowd);
    let talking = true;
    const goesOn = () => talking;
    const talk = Promise.all([olds.talk(goesOn), ...crowds.map((crowd) => keepTalking(crowd, goesOn, 2 * plan.pause))]);
    const { mishaps, bugs } = await befall(cluster, plan, () => sum(crowds.map(acknowledged)));
    talking = false;
    await talk;
    const verdict = await olds.verdict(crowds[0]?.people[0]?.client as Client, home);
    const losses = [];
    for (const crowd of crowds) losses.push(await compare(crowd));
    const { said, returns } = olds;
    return { ...together(losses), mishaps, old: { ...verdict, said, returns }, bugs };
  } finally {
    await cluster.remove();
  }
}

async function moveInAll(url: string, clients: number): Promise<Crowd[]> {
  const crowds: Crowd[] = [];
  for (let at = 0; at * CROWD < clients; at++) {
    crowds.push(await moveIn(url, { clients: CROWD, rooms: 2, called: `Group ${spelled(at)}` }));
  }
  return crowds;
}

/** The room of the dialect, in which this crowd talks, too. */
async function enterHome(url: string, crowd: Crowd): Promise<number> {
  const first = new OldTalkers(url, ["opener"]);
  let asked = 0;
  await first.talk(() => asked++ < 1);
  const [witness] = crowd.people;
  const { rooms } = await (witness as (typeof crowd.people)[number]).client.call("list_rooms", { query: HOME });
  const home = rooms[0]?.id as number;
  await Promise.all(crowd.people.map(({ client }) => client.join(home)));
  for (const { client } of crowd.people) await until(client, () => client.conversation(home)?.role != null);
  crowd.rooms.push(home);
  return home;
}

async function befall(cluster: Cluster, plan: StormPlan, count: () => number) {
  const mishaps: Record<string, number> = {};
  let bugs = 0;
  const names = Object.keys(MISHAPS);
  const over = Date.now() + plan.minutes * 60_000;
  for (let round = 0; Date.now() < over; round++) {
    await pause();
    const name = names[round % names.length] as string;
    await (MISHAPS[name] as Mishap)(cluster);
    mishaps[name] = (mishaps[name] ?? 0) + 1;
    bugs += sum(cluster.nodes.map(({ output }) => output.split('"event":"bug"').length - 1));
    plan.progress?.(`${name}; ${count()} messages acknowledged`);
  }
  await Bun.sleep(3_000);
  return { mishaps, bugs };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}

function together(losses: readonly Losses[]): Losses {
  const all = { ...(losses[0] as Losses) };
  for (const one of losses.slice(1)) {
    for (const name of Object.keys(all) as (keyof Losses)[]) all[name] += one[name];
  }
  return all;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "10" },
      clients: { type: "string", default: "200" },
      bus: { type: "string", default: "nats" },
    },
  });
  const [minutes, clients, doorbell] = [Number(values.minutes), Number(values.clients), values.bus as "nats" | "redis"];
  console.log(
    `${clients} clients and 10 old ones talk to three nodes, to which everything happens for ${minutes} min.`,
  );
  const report = await runStorm({ minutes, clients, olds: 10, doorbell, pause: 1_000, progress: console.log });
  console.log(JSON.stringify({ minutes, clients, ...report }));
  const { lost, duplicated, misordered, unread_drift, old, bugs } = report;
  const wrong = lost + duplicated + misordered + unread_drift + old.lost + old.duplicated + old.misordered + bugs;
  process.exit(wrong > 0 ? 1 : 0);
}
