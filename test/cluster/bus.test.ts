import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Broker, Heard } from "../../server/bus/broker.ts";
import { acquainted, busContract, ear, said, until } from "../../server/bus/contract.ts";
import { natsAddress, natsBroker } from "../../server/bus/nats.ts";
import { redisAddress, redisBroker } from "../../server/bus/redis.ts";
import { remoteBus } from "../../server/bus/remote.ts";
import { OwnBroker } from "../kit/brokers.ts";
import { freePort } from "../kit/process.ts";

let [redis, nats]: OwnBroker[] = [];
let prefixes = 0;

beforeAll(async () => {
  [redis, nats] = await Promise.all([OwnBroker.redis(), OwnBroker.nats()]);
});
afterAll(async () => {
  await Promise.all([redis?.remove(), nats?.remove()]);
});

type Connect = (heard: Heard) => Broker;

const overRedis: Connect = (heard) => redisBroker(redisAddress(`redis://127.0.0.1:${redis?.port}`), heard);
const overNats: Connect = (heard) => natsBroker(natsAddress(`nats://127.0.0.1:${nats?.port}`), heard);

function nodes(connect: Connect) {
  return async (count: number) => {
    const prefix = `parley.t${++prefixes}`;
    const buses = Array.from({ length: count }, () => remoteBus(prefix, connect));
    await Promise.all(buses.map((bus) => becomesReady(bus.ready)));
    return { buses, discard: async () => {} };
  };
}

async function becomesReady(ready: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ready();
    } catch (error) {
      if (attempt === 200) throw error;
      await Bun.sleep(50);
    }
  }
}

busContract("redis", nodes(overRedis));
busContract("nats", nodes(overNats));

describe.each([
  ["redis", overRedis, () => redis],
  ["nats", overNats, () => nats],
] as const)("%s", (_, connect, broker) => {
  test("[BUS4] while the broker is gone a node hears itself, says that it is not ready, and goes on once it is back", async () => {
    const { buses } = await nodes(connect)(2);
    const [one, two] = buses as [(typeof buses)[0], (typeof buses)[0]];
    const [own, other] = [ear(one, 7), ear(two, 7)];
    await acquainted(one, 7, [other]);
    await broker()?.end();
    own.notes.length = 0;
    one.publish(7, said(1));
    expect(own.notes).toEqual([said(1)]);
    await expect(two.ready()).rejects.toThrow();
    const late = ear(two, 8);
    await broker()?.serve();
    await Promise.all(buses.map((bus) => becomesReady(bus.ready)));
    await acquainted(one, 7, [other]);
    await acquainted(one, 8, [late]);
    await Promise.all(buses.map((bus) => bus.close()));
  });

  test("[BUS5] installations that share a broker hear nothing of each other, and what is no note is not heard", async () => {
    const [[ours], [theirs]] = [(await nodes(connect)(1)).buses, (await nodes(connect)(1)).buses];
    const [here, there] = [ear(ours as never, 7), ear(theirs as never, 7)];
    await until(() => here.notes.length + there.notes.length === 2);
    for (const { notes } of [here, there]) notes.length = 0;
    ours?.publish(7, said(1));
    const stranger = connect(() => {});
    await becomesReady(() => stranger.ready());
    for (const text of ["", "{", "[]", "[1]", '[2,"x"]', "\u0000", "null"])
      stranger.publish(`parley.t${prefixes}.7`, text);
    stranger.publish(`parley.t${prefixes}.7`, '[1,"somebody"]');
    await until(() => there.notes.length > 0);
    expect([here.notes, there.notes]).toEqual([[said(1)], [{ is: "rung" }]]);
    await Promise.all([ours?.close(), theirs?.close(), stranger.close()]);
  });
});

test("[BUS6] an address says who asks, whom, and whether in secret", () => {
  expect(redisAddress("rediss+sentinel://me:p%40w@a,b:7/main")).toEqual({
    is: "sentinel",
    hosts: [
      { host: "a", port: 26_379 },
      { host: "b", port: 7 },
    ],
    username: "me",
    password: "p@w",
    tls: true,
    name: "main",
  });
  expect(redisAddress("redis+cluster://:pw@a:1")).toEqual({
    is: "cluster",
    hosts: [{ host: "a", port: 1 }],
    password: "pw",
    tls: false,
  });
  expect(natsAddress("tls://me:pw@a:1,b:2")).toEqual({ servers: ["a:1", "b:2"], user: "me", pass: "pw", tls: {} });
  expect(natsAddress("nats://token@a")).toEqual({ servers: ["a"], token: "token" });
});

test("[BUS6] a Redis is found by its Sentinels", async () => {
  const sentinel = await OwnBroker.sentinel(redis?.port ?? 0);
  const address = redisAddress(`redis+sentinel://127.0.0.1:${sentinel.port}/parley`);
  const { buses } = await nodes((heard) => redisBroker(address, heard))(2);
  const other = ear(buses[1] as never, 7);
  await acquainted(buses[0] as never, 7, [other]);
  await Promise.all(buses.map((bus) => bus.close()));
  await sentinel.remove();
});

test("[BUS6] a Redis Cluster rings between nodes that know different members of it", async () => {
  // By itself a member would want the port 10,000 above its own, which may be none.
  const among = await Promise.all([1, 2, 3].map(freePort));
  const asMember = (port: number) => OwnBroker.redis("--cluster-enabled", "yes", "--cluster-port", `${port}`);
  const members = await Promise.all(among.map(asMember));
  const ports = members.map(({ port }) => port);
  await joinCluster(ports, among);
  const over = (port: number) => (heard: Heard) =>
    redisBroker(redisAddress(`redis+cluster://127.0.0.1:${port}`), heard);
  const [one, two] = [remoteBus("parley.c", over(ports[0] ?? 0)), remoteBus("parley.c", over(ports[2] ?? 0))];
  await Promise.all([one, two].map((bus) => becomesReady(bus.ready)));
  const other = ear(two, 7);
  await acquainted(one, 7, [other]);
  await Promise.all([one.close(), two.close()]);
  await Promise.all(members.map((member) => member.remove()));
});

/** Makes one Cluster of these, each with a third of the slots; they speak with each other on ports of their own. */
async function joinCluster(ports: readonly number[], among: readonly number[]): Promise<void> {
  const clients = ports.map((port) => new Bun.RedisClient(`redis://127.0.0.1:${port}`));
  const bounds = [0, 5461, 10_923, 16_384];
  for (const [at, client] of clients.entries()) {
    await client.send("CLUSTER", ["ADDSLOTSRANGE", `${bounds[at]}`, `${(bounds[at + 1] ?? 0) - 1}`]);
    await client.send("CLUSTER", ["SET-CONFIG-EPOCH", `${at + 1}`]);
  }
  for (const [at, port] of ports.entries()) {
    await clients[0]?.send("CLUSTER", ["MEET", "127.0.0.1", `${port}`, `${among[at]}`]);
  }
  for (const client of clients) {
    for (const end = Date.now() + 20_000; !/cluster_state:ok/.test(String(await client.send("CLUSTER", ["INFO"]))); ) {
      if (Date.now() > end) throw new Error("The Cluster did not form.");
      await Bun.sleep(100);
    }
    client.close();
  }
}
