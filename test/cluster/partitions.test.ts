import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, createClient } from "@parley/client";
import type { Bus } from "@parley/server/core/ports";
import type { Broker, Heard } from "../../server/bus/broker.ts";
import { acquainted, ear } from "../../server/bus/contract.ts";
import { natsAddress, natsBroker } from "../../server/bus/nats.ts";
import { redisAddress, redisBroker } from "../../server/bus/redis.ts";
import { remoteBus } from "../../server/bus/remote.ts";
import { OwnBroker } from "../kit/brokers.ts";
import { Cluster, type Links } from "../kit/cluster.ts";
import type { ServerProcess } from "../kit/process.ts";
import { FaultProxy } from "../kit/proxy.ts";
import { until } from "../kit/replicas.ts";

const BEAT = 500;
const PATIENCE = 1_500;
/** What a busy machine may take longer. */
const SLACK = 1_500;

let cluster: Cluster;
const clients: Client[] = [];
beforeAll(async () => {
  const env = { PARLEY_BEAT_MS: `${BEAT}`, PARLEY_DB_PATIENCE_MS: `${PATIENCE}` };
  cluster = await Cluster.start({ nodes: 3, doorbell: "redis", links: true, env });
});
afterAll(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await cluster?.remove();
});

/** Somebody on the first node and somebody on another, in one room at which both look. */
async function meet(
  other: ServerProcess,
  ...names: [string, string]
): Promise<{ here: Client; there: Client; room: number }> {
  const [here, there] = (await Promise.all(
    names.map(async (name, at) => {
      const client = createClient({ url: (at === 0 ? cluster.nodes[0] : other)?.url ?? "" });
      clients.push(client);
      await client.signIn(name);
      await until(client, () => client.line.is === "live");
      return client;
    }),
  )) as [Client, Client];
  const { id: room } = await here.createRoom({ name: names.join(" and ") });
  await there.join(room);
  for (const client of [here, there]) {
    await until(client, () => client.conversation(room)?.members === 2);
    await client.loadOlder(room);
    client.look([room]);
    await until(client, () => client.conversation(room)?.here.count === 2);
  }
  return { here, there, room };
}

/** What this client shows that was said. */
function said(client: Client, room: number): string[] {
  return client.timeline(room).rows.flatMap((row) => (row.kind === "message" && row.text ? [row.text] : []));
}

async function hears(client: Client, room: number, text: string, within = 4 * BEAT + SLACK): Promise<void> {
  await until(client, () => said(client, room).includes(text), within);
}

test.concurrent("[CLU13] a node that is cut off from the bus is told with its beat what is said on others, and tells it; once it is healed, it knows again who is there and who writes", async () => {
  const { here, there, room } = await meet(cluster.nodes[1] as ServerProcess, "Ann", "Bob");
  const { bus } = cluster.links[1] as Links;
  for (const fault of ["cut", "dead"] as const) {
    bus?.suffer(fault);
    await Bun.sleep(100);
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      const text = `${fault}, from ${from.me?.name}`;
      await from.post(room, text).sent;
      await hears(to, room, text);
    }
    if (fault === "cut") bus?.suffer(null);
  }
  for (const client of [here, there]) await until(client, () => client.conversation(room)?.here.count === 1);
  bus?.suffer(null);
  for (const client of [here, there]) await until(client, () => client.conversation(room)?.here.count === 2);
  const heard = there.me?.id ?? 0;
  there.typing(room, true);
  await until(here, () => here.conversation(room)?.typing.includes(heard) === true);
  there.typing(room, false);
  await until(here, () => here.conversation(room)?.typing.length === 0);
  expect(here.timeline(room).rows).toEqual(there.timeline(room).rows);
});

/** The answer to somebody new who asks this node to be let in, and how long it took. */
async function enrol({ url }: ServerProcess, name: string) {
  const began = performance.now();
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/api/guests`, { method: "POST", headers, body: JSON.stringify({ name }) });
  const { code = null } = (await answer.json()) as { code?: string };
  return { status: answer.status, code, again: answer.headers.get("retry-after"), ms: performance.now() - began };
}

/** Asks again and again, until they are in. */
async function letIn(node: ServerProcess, name: string): Promise<void> {
  while ((await enrol(node, name)).status !== 201) await Bun.sleep(20);
}

/** Asks without end, until it is over. */
async function keepEnrolling(node: ServerProcess, name: string, over: () => boolean): Promise<void> {
  for (let n = 0; !over(); n++) await enrol(node, `${name} ${n}`).catch(() => Bun.sleep(20));
}

test.concurrent("[CLU14] a node that is silently cut off from Postgres refuses in time, keeps nobody else waiting for what it had begun, and goes on by itself: what was written meanwhile arrives once", async () => {
  const [one, , two] = cluster.nodes as [ServerProcess, ServerProcess, ServerProcess];
  const { here, there, room } = await meet(two, "Cid", "Dora");
  const { database } = cluster.links[2] as Links;
  let over = false;
  // They take turns with a lock that the whole cluster shares: one of them holds it when the line dies.
  const crowd = ["Abel", "Bea", "Cleo"].map((name) => keepEnrolling(two, name, () => over));
  await Bun.sleep(300);
  database.suffer("dead");
  const written = ["one", "two", "three"].map((text) => there.post(room, text).sent);
  const began = performance.now();
  const [own] = await Promise.all([enrol(two, "Fay"), letIn(one, "Emil")]);
  expect(performance.now() - began).toBeLessThan(2 * PATIENCE + SLACK);
  expect(own).toMatchObject({ status: 503, code: "unavailable", again: "1" });
  expect(own.ms).toBeLessThan(PATIENCE + SLACK);
  expect((await fetch(`${two.url}/ready`)).status).toBe(503);
  await here.post(room, "Where are you?").sent;
  await Bun.sleep(2 * PATIENCE);
  expect(said(there, room)).not.toContain("Where are you?");
  over = true;
  database.suffer(null);
  await Promise.all([...written, ...crowd]);
  await hears(there, room, "Where are you?");
  await hears(here, room, "three");
  expect(said(here, room)).toEqual(["Where are you?", "one", "two", "three"]);
  expect(here.timeline(room).rows).toEqual(there.timeline(room).rows);
  await letIn(two, "Gus");
});

test.concurrent("[BUS8] a line to the broker that died without a word is noticed, and given up for another as soon as there is one", async () => {
  const through = {
    redis: (port: number) => (heard: Heard) => redisBroker(redisAddress(`redis://127.0.0.1:${port}`), heard),
    nats: (port: number) => (heard: Heard) => natsBroker(natsAddress(`nats://127.0.0.1:${port}`), heard),
  };
  await Promise.all([
    survivesDeadLine(await OwnBroker.redis(), through.redis),
    survivesDeadLine(await OwnBroker.nats(), through.nats),
  ]);
});

async function survivesDeadLine(broker: OwnBroker, through: (port: number) => (heard: Heard) => Broker): Promise<void> {
  const proxy = await FaultProxy.before(`tcp://127.0.0.1:${broker.port}`);
  const [one, two] = [remoteBus("parley.d", through(broker.port)), remoteBus("parley.d", through(proxy.port))];
  await Promise.all([one, two].map((bus) => becomesReady(bus)));
  const [here, there] = [ear(one, 7), ear(two, 7)];
  await acquainted(one, 7, [there]);
  const lines = proxy.lines.size;
  proxy.suffer("dead");
  expect(await two.ready().catch(() => "silent")).toBe("silent");
  // Meanwhile it has begun others, which are as dead.
  while (proxy.lines.size === lines) await Bun.sleep(20);
  await Bun.sleep(200);
  for (const { notes } of [here, there]) notes.length = 0;
  proxy.suffer(null);
  await acquainted(one, 7, [there]);
  await acquainted(two, 7, [here]);
  await Promise.all([one.close(), two.close()]);
  await proxy.close();
  await broker.remove();
}

async function becomesReady(bus: Bus): Promise<void> {
  while (
    !(await bus.ready().then(
      () => true,
      () => false,
    ))
  )
    await Bun.sleep(20);
}
