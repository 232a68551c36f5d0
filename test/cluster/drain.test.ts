import { afterEach, expect, test } from "bun:test";
import { Cluster } from "../kit/cluster.ts";
import { acknowledged, beginTalk, type Crowd, compare, moveIn, NO_LOSSES } from "../kit/crowd.ts";
import type { ServerProcess } from "../kit/process.ts";
import { until } from "../kit/replicas.ts";

let cluster: Cluster;
afterEach(() => cluster?.remove());

/** Sockets on this node. */
async function socketsOn({ url }: ServerProcess): Promise<number> {
  const { active_connections: sockets } = (await (await fetch(`${url}/health`)).json()) as Record<string, number>;
  return sockets ?? 0;
}

async function allLive({ people }: Crowd): Promise<void> {
  await Promise.all(people.map(({ client }) => until(client, () => client.line.is === "live")));
}

test("[CLU11] one of three nodes is stopped in order under load: nothing is lost, and its clients come back spread over the others", async () => {
  cluster = await Cluster.start({ nodes: 3, doorbell: "nats" });
  const [one, two, three] = cluster.nodes as [ServerProcess, ServerProcess, ServerProcess];
  const crowd = await moveIn(cluster.url, { clients: 30, rooms: 3 });
  expect(await Promise.all(cluster.nodes.map(socketsOn))).toEqual([10, 10, 10]);
  const talk = beginTalk(crowd, 100);
  await Bun.sleep(1_000);
  expect(await two.stop()).toBe(0);
  const before = acknowledged(crowd);
  await allLive(crowd);
  await Bun.sleep(1_500);
  const [first, third] = [await socketsOn(one), await socketsOn(three)];
  expect(first + third).toBe(30);
  // The ten have no reason to go anywhere else: each node that is left gets its share of them, give or take some.
  expect(Math.min(first, third)).toBeGreaterThanOrEqual(12);
  await two.start();
  await talk.end();
  expect(acknowledged(crowd)).toBeGreaterThan(before);
  expect(await compare(crowd)).toMatchObject(NO_LOSSES);
});

test("[CLU12] parley prove proves three nodes through the balancer in front of them, while one of them is killed", async () => {
  cluster = await Cluster.start({ nodes: 3, doorbell: "redis" });
  const options = ["--url", cluster.url, "--seconds", "6", "--clients", "40", "--faults", "all", "--json"];
  const child = Bun.spawn([process.execPath, "--no-install", "cli/main.ts", "prove", ...options], {
    env: { PATH: process.env.PATH ?? "" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await Bun.sleep(4_000);
  await cluster.nodes[1]?.kill();
  await cluster.nodes[1]?.start();
  const [out, err] = await said;
  expect([await child.exited, err]).toEqual([0, expect.any(String)]);
  const figures = JSON.parse(out.trim().split("\n").at(-1) ?? "{}");
  expect(figures).toMatchObject(NO_LOSSES);
  expect(figures.acked).toBeGreaterThan(100);
});
