import { afterEach, expect, test } from "bun:test";
import { createClient } from "@parley/client";
import { Cluster } from "../kit/cluster.ts";
import { acknowledged, compare, keepTalking, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import { until } from "../kit/replicas.ts";

let cluster: Cluster;
afterEach(() => cluster?.remove());

test("[CLU4] what is said on one node is heard on another at once, long before the next beat", async () => {
  cluster = await Cluster.start({ nodes: 2, doorbell: "redis", env: { PARLEY_BEAT_MS: "60000" } });
  const [one, two] = await Promise.all(
    cluster.nodes.map(async ({ url }, at) => {
      const client = createClient({ url });
      await client.signIn(["Ann", "Bob"][at] as string);
      await until(client, () => client.line.is === "live");
      return client;
    }),
  );
  if (!one || !two) return;
  const room = await one.createRoom({ name: "Bridge" });
  await two.join(room.id);
  await one.post(room.id, "Over the bridge.").sent;
  await until(two, () => JSON.stringify(two.timeline(room.id).rows).includes("Over the bridge."), 5_000);
  await two.post(room.id, "And back.").sent;
  await until(one, () => JSON.stringify(one.timeline(room.id).rows).includes("And back."), 5_000);
  for (const client of [one, two]) client.disconnect();
});

test("[CLU5] nodes are killed, Postgres crashes and the bus is gone, all under load: nothing is lost, doubled, misordered or miscounted", async () => {
  cluster = await Cluster.start({ nodes: 3, doorbell: "nats" });
  const crowd = await moveIn(cluster.url, { clients: 30, rooms: 4 });
  let talking = true;
  const talk = keepTalking(crowd, () => talking);
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
  talking = false;
  await talk;
  expect(acknowledged(crowd)).toBeGreaterThan(500);
  const { acknowledged: _, ...losses } = await compare(crowd);
  expect(losses).toMatchObject(NO_LOSSES);
});
