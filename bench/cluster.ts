/**
 * What a message costs in each part of a cluster. First the store alone, by the size of the batch, Postgres beside
 * SQLite; then publishing on a bus; then one, two and three nodes under full load, with the CPU time of nodes, Postgres
 * and broker for each message. On few cores the parts take them from each other, so that rates say little: CPU times
 * say what each part would need elsewhere.
 *
 *     npx --no-install bun bench/cluster.ts [seconds for each row]
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import type { Write } from "@parley/server/core/commit";
import type { Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";
import { natsAddress, natsBroker } from "../server/bus/nats.ts";
import { redisAddress, redisBroker } from "../server/bus/redis.ts";
import { remoteBus } from "../server/bus/remote.ts";
import { message, NOW, openedBy, opens } from "../server/store/contract/kit.ts";
import { openPostgres } from "../server/store/postgres/postgres.ts";
import { openSqlite } from "../server/store/sqlite/sqlite.ts";
import { OwnBroker } from "../test/kit/brokers.ts";
import { Cluster } from "../test/kit/cluster.ts";
import { OwnPostgres } from "../test/kit/postgres.ts";
import { temporaryFolder } from "../test/kit/process.ts";
import { Speakers } from "./speakers.ts";

const [SECONDS = 3] = process.argv.slice(2).map(Number);
const BATCHES = [1, 10, 100, 512];
const ROOMS = 10;
const PEOPLE = 60;
/** CPU time in /proc is counted in these. */
const TICKS_PER_SECOND = 100;

interface Row {
  rate: number;
  p50: number;
}

async function storeRows(store: Store): Promise<Row[]> {
  const who = await store.enrol({ name: "Ann", handles: ["ann"], tokenHash: "ann", time: NOW });
  const { outcomes } = await store.commit(
    Array.from({ length: ROOMS }, (_, at) => opens([who], `Room ${at}`)),
    [],
  );
  const rooms = outcomes.map(openedBy);
  const rows: Row[] = [];
  for (const size of BATCHES) rows.push(await measured(store, who, rooms, size));
  return rows;
}

async function measured(store: Store, who: User, rooms: readonly number[], size: number): Promise<Row> {
  const took: number[] = [];
  const over = performance.now() + SECONDS * 1_000;
  for (let round = 0; performance.now() < over; round++) {
    const batch = Array.from({ length: size }, (_, at) =>
      posted(who, rooms[at % ROOMS] as number, `${size}-${round}-${at}`),
    );
    const began = performance.now();
    const { outcomes } = await store.commit(batch, []);
    took.push(performance.now() - began);
    if (outcomes.some(({ is }) => is !== "written")) throw new Error("A message was not written.");
  }
  const spent = took.reduce((one, other) => one + other, 0);
  took.sort((one, other) => one - other);
  return { rate: (took.length * size * 1_000) / spent, p50: took[took.length >> 1] ?? 0 };
}

/** A post with the guards that the core gives it. */
function posted(who: User, conversation: number, key: string): Write {
  const guards = [
    { is: "open", conversation },
    { is: "member", conversation, user: who.id, since: 2 },
  ] as const;
  const text = "A message of the usual length, which is about eighty characters or a few more.";
  return { time: Date.now(), guards: [...guards], drafts: [message(who, conversation, key, text)] };
}

async function stores(): Promise<void> {
  const folder = temporaryFolder();
  const own = await OwnPostgres.start();
  const postgres = await openPostgres({ url: own.url, schema: "bench", connections: 4, patience: 30_000, proof: "p" });
  const sqlite = await openSqlite(folder.path);
  const [there, here] = [await storeRows(postgres), await storeRows(sqlite)];
  console.log(
    "| messages in a commit | Postgres, messages/s | ms a commit | SQLite, messages/s | ms a commit | Postgres : SQLite |",
  );
  console.log("|---|---|---|---|---|---|");
  BATCHES.forEach((size, at) => {
    const [one, other] = [there[at] as Row, here[at] as Row];
    const cells = [size, one.rate.toFixed(0), one.p50.toFixed(2), other.rate.toFixed(0), other.p50.toFixed(2)];
    console.log(`| ${[...cells, (one.rate / other.rate).toFixed(2)].join(" | ")} |`);
  });
  await Promise.all([postgres.close(), sqlite.close()]);
  await own.remove();
  folder.remove();
}

/** Doorbells with one small entry, from one bus to another over a broker. */
async function buses(): Promise<void> {
  console.log(
    "\n| bus | doorbells/s | µs of the node's CPU to publish and hear one | µs of the broker's |\n|---|---|---|---|",
  );
  for (const is of ["redis", "nats"] as const) {
    const broker = await OwnBroker[is]();
    const address = `${is}://127.0.0.1:${broker.port}`;
    const make = () =>
      remoteBus("bench", (heard) =>
        is === "redis" ? redisBroker(redisAddress(address), heard) : natsBroker(natsAddress(address), heard),
      );
    const [one, other] = [make(), make()];
    for (const bus of [one, other])
      while (
        !(await bus.ready().then(
          () => true,
          () => false,
        ))
      )
        await Bun.sleep(20);
    const { rate, node, part } = await rung(one, other, broker.pid);
    console.log(`| ${is} | ${rate.toFixed(0)} | ${node.toFixed(1)} | ${part.toFixed(1)} |`);
    await Promise.all([one.close(), other.close()]);
    await broker.remove();
  }
}

type Bus = ReturnType<typeof remoteBus>;

async function rung(one: Bus, other: Bus, pid: number) {
  const body = { text: "A message of the usual length, which is about eighty characters or a few more." };
  const entry = {
    id: 1,
    seq: 1,
    author: 1_000_000,
    key: "mubbuitryy-rOOY1Dt2mV",
    time: Date.now(),
    kind: "message",
    body,
  };
  const note = { is: "entries", entries: [entry] } as unknown as Parameters<Bus["publish"]>[1];
  let heard = 0;
  other.subscribe(7, () => heard++);
  await Bun.sleep(300);
  heard = 0;
  const [began, cpu, broker] = [performance.now(), process.cpuUsage(), cpuOf(pid)];
  let said = 0;
  while (performance.now() - began < SECONDS * 1_000) {
    for (let at = 0; at < 100; at++, said++) one.publish(7, note);
    while (heard < said - 1_000) await Bun.sleep(0);
    await Bun.sleep(0);
  }
  while (heard < said) await Bun.sleep(1);
  const { user, system } = process.cpuUsage(cpu);
  const spent = (performance.now() - began) / 1_000;
  return { rate: heard / spent, node: (user + system) / heard, part: ((cpuOf(pid) - broker) * 1e6) / heard };
}

/** Seconds of CPU that a process and those it started have used. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [utime = 0, stime = 0, ended = 0, theirs = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 15)
    .map(Number);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  const own = (utime + stime + ended + theirs) / TICKS_PER_SECOND;
  return children.reduce((sum, child) => sum + cpuOf(Number(child)), own);
}

async function nodes(): Promise<void> {
  const head = [
    "nodes",
    "messages/s",
    "ratio",
    "deliveries/s",
    "µs of nodes",
    "µs of Postgres",
    "µs of NATS",
    "µs of the speakers",
  ];
  console.log(`\n${PEOPLE} speakers in rooms of ten, at full load; CPU time for each message\n`);
  console.log(`| ${head.join(" | ")} |\n|${"---|".repeat(head.length)}`);
  let alone = 0;
  for (const count of [1, 2, 3]) {
    const cluster = await Cluster.start({ nodes: count, doorbell: "nats", env: { PARLEY_BEAT_MS: "25000" } });
    const speakers = await Speakers.enter(
      cluster.nodes.map(({ url }) => url),
      PEOPLE,
    );
    await speakers.talk(1);
    const used = () => [
      sumOf(cluster.nodes.map(({ pid }) => cpuOf(pid))),
      cpuOf(cluster.postgres.pid),
      cpuOf(cluster.broker?.pid ?? 0),
      process.cpuUsage().user / 1e6,
    ];
    const [before, acknowledged, delivered] = [used(), speakers.acknowledged, speakers.delivered];
    const rate = await speakers.talk(2 * SECONDS);
    const messages = speakers.acknowledged - acknowledged;
    const each = used().map((seconds, at) => ((seconds - (before[at] as number)) * 1e6) / messages);
    alone ||= rate;
    const deliveries = (speakers.delivered - delivered) / (2 * SECONDS);
    const cells = [
      count,
      rate.toFixed(0),
      (rate / alone).toFixed(2),
      deliveries.toFixed(0),
      ...each.map((us) => us.toFixed(0)),
    ];
    console.log(`| ${cells.join(" | ")} |`);
    speakers.leave();
    await cluster.remove();
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}

const load = () =>
  `load ${loadavg()
    .map((one) => one.toFixed(1))
    .join(", ")} on ${cpus().length} cores`;
console.log(`${load()}, ${SECONDS} s for each row\n`);
await stores();
await buses();
await nodes();
console.log(`\n${load()}`);
process.exit();
