import { afterEach, expect, test } from "bun:test";
import { type Client, createClient } from "@parley/client";
import { Cluster } from "../kit/cluster.ts";
import { acknowledged, beginTalk, compare, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { OldClient } from "../kit/old-client.ts";
import { until } from "../kit/replicas.ts";

let cluster: Cluster;
afterEach(() => cluster?.remove());

/** Somebody on each of two nodes. */
async function pair(): Promise<[Client, Client]> {
  const [one, two] = await Promise.all(
    cluster.nodes.map(async ({ url }, at) => {
      const client = createClient({ url });
      await client.signIn(["Ann", "Bob"][at] as string);
      await until(client, () => client.line.is === "live");
      return client;
    }),
  );
  return [one as Client, two as Client];
}

test("[CLU4] what is said on one node is heard on another at once, long before the next beat", async () => {
  cluster = await Cluster.start({ nodes: 2, doorbell: "redis", env: { PARLEY_BEAT_MS: "60000" } });
  const [one, two] = await pair();
  const room = await one.createRoom({ name: "Bridge" });
  await two.join(room.id);
  await until(two, () => two.conversation(room.id)?.members === 2);
  await two.loadOlder(room.id);
  await one.post(room.id, "Over the bridge.").sent;
  await until(two, () => JSON.stringify(two.timeline(room.id).rows).includes("Over the bridge."), 5_000);
  await two.post(room.id, "And back.").sent;
  await until(one, () => JSON.stringify(one.timeline(room.id).rows).includes("And back."), 5_000);
  for (const client of [one, two]) client.disconnect();
});

test("[CLU6] who is here and who writes is known on every node, also to old clients, and ends soon after a node's death", async () => {
  const env = { PARLEY_NAME_DIALECT: "plain", PARLEY_HOME_ROOMS: "plain=bridge" };
  cluster = await Cluster.start({ nodes: 2, doorbell: "nats", env });
  const old = await OldClient.open(`${cluster.nodes[0]?.url}/ws/Olga`);
  expect(await old.next()).toBe("System: Olga has joined the chat");
  const [one, two] = await pair();
  const room = (await one.call("list_rooms", { query: "bridge" })).rooms[0]?.id ?? 0;
  await one.join(room);
  one.look([room]);
  expect(await old.next()).toBe("System: ann has joined the chat");
  await two.join(room);
  await until(one, () => one.conversation(room)?.here.count === 3);
  expect(await old.next()).toBe("System: bob has joined the chat");
  two.typing(room, true);
  await until(one, () => one.conversation(room)?.typing.includes(two.me?.id ?? 0) === true);
  await cluster.nodes[1]?.kill();
  await until(one, () => one.conversation(room)?.here.count === 2);
  await Bun.sleep(100);
  expect(await old.rest()).toEqual(["System: bob has left the chat"]);
  for (const client of [one, two]) client.disconnect();
});

test("[CLU8] a dialect's name is used once on all nodes, and free within 8 s of the death of its node", async () => {
  cluster = await Cluster.start({ nodes: 2, doorbell: null, env: { PARLEY_NAME_DIALECT: "plain" } });
  const [one, two] = cluster.nodes.map(
    ({ url }) =>
      () =>
        OldClient.open(`${url}/ws/Olga`),
  );
  const first = await one?.();
  expect(await first?.next()).toBe("System: Olga has joined the chat");
  const second = await two?.();
  expect(await second?.end()).toEqual({ code: 1008, reason: "Username already taken" });
  await cluster.nodes[0]?.kill();
  const killed = Date.now();
  for (;;) {
    const again = await two?.();
    const heard = await Promise.race([again?.next().catch(() => null), again?.end().then(() => null)]);
    if (heard === "System: Olga has joined the chat") break;
    expect(Date.now() - killed).toBeLessThan(20_000);
    await Bun.sleep(500);
  }
});

test("[CLU5] nodes are killed, Postgres crashes and the bus is gone, all under load: nothing is lost, doubled, misordered or miscounted", async () => {
  cluster = await Cluster.start({ nodes: 3, doorbell: "nats" });
  const crowd = await moveIn(cluster.url, { clients: 30, rooms: 4 });
  const talk = beginTalk(crowd);
  const [one, two, three] = cluster.nodes;
  await Bun.sleep(1_500);
  await two?.kill();
  await cluster.broker?.end();
  await Bun.sleep(1_000);
  await two?.start();
  await cluster.postgres.end("SIGKILL");
  await Bun.sleep(700);
  await cluster.postgres.serve();
  await Bun.sleep(1_000);
  await Promise.all([one?.kill(), three?.kill()]);
  await cluster.broker?.serve();
  await Promise.all([one?.start(), three?.start()]);
  await Bun.sleep(2_000);
  await talk.end();
  expect(acknowledged(crowd)).toBeGreaterThan(500);
  const { acknowledged: _, ...losses } = await compare(crowd);
  expect(losses).toMatchObject(NO_LOSSES);
});
