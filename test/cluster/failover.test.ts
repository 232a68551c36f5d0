import { afterEach, expect, test } from "bun:test";
import type { Client } from "@parley/client";
import { NOW } from "../../server/store/contract/kit.ts";
import { openPostgres } from "../../server/store/postgres/postgres.ts";
import { Cluster } from "../kit/cluster.ts";
import { native } from "../kit/natives.ts";
import { OwnPostgres } from "../kit/postgres.ts";
import { FaultProxy } from "../kit/proxy.ts";
import { fetchAll, until } from "../kit/replicas.ts";

let cluster: Cluster;
const others: OwnPostgres[] = [];
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await cluster?.remove();
  await Promise.all(others.splice(0).map((other) => other.remove()));
});

async function enter(at: number, name: string): Promise<Client> {
  const client = await native(cluster.nodes[at]?.url ?? "", name);
  clients.push(client);
  return client;
}

const texts = (client: Client, room: number) =>
  client.timeline(room).rows.flatMap((row) => (row.kind === "message" ? [row.text] : []));

/** As a watcher over both: each node that ends by itself is started again. The codes with which they ended. */
function watchOver(): Promise<number[]> {
  return Promise.all(
    cluster.nodes.map(async (node) => {
      const code = await node.ended();
      expect(node.output).toContain("has another history than before");
      await node.start();
      return code;
    }),
  );
}

test("[CLU16] after a failover that lost the end of the log nodes end by themselves, to be started anew; everybody then holds what the log holds", async () => {
  cluster = await Cluster.start({ nodes: 2, doorbell: "nats", links: true });
  const standby = await cluster.postgres.standby();
  others.push(standby);
  const [ann, bob] = [await enter(0, "Ann"), await enter(1, "Bob")];
  const { id: room } = await ann.createRoom({ name: "Bridge" });
  await bob.join(room);
  await ann.post(room, "kept").sent;
  await standby.caughtUp(cluster.postgres);
  await standby.end();
  for (const text of ["lost", "lost, too"]) await ann.post(room, text).sent;
  await until(bob, () => texts(bob, room).includes("lost, too"));

  await cluster.postgres.end("SIGKILL");
  const waiting = bob.post(room, "said in between").sent;
  await standby.serve();
  await standby.promote();
  const watched = watchOver();
  for (const { database } of cluster.links) database.redirect(standby.port);
  expect(await watched).toEqual([75, 75]);
  for (const client of [ann, bob]) client.tryNow();
  await waiting;
  await ann.post(room, "and on it goes").sent;
  for (const client of [ann, bob]) {
    await until(client, () => texts(client, room).includes("and on it goes"));
    await client.loadOlder(room);
    expect(texts(client, room)).toEqual(["kept", "said in between", "and on it goes"]);
    expect(client.timeline(room).rows as unknown[]).toEqual(await fetchAll(ann, room));
  }
});

/** Somebody who was there before, on one that becomes `leader`, by a line that can be led elsewhere. */
async function before(leader: OwnPostgres) {
  const proxy = await FaultProxy.before(`tcp://127.0.0.1:${leader.port}`);
  let turned = 0;
  const place = { schema: "parley", connections: 2, patience: 10_000, proof: "p" };
  const store = await openPostgres({ ...place, url: leader.urlAt(proxy.port), turned: () => (turned += 1) });
  await enrol(store, "Ann");
  return {
    store,
    proxy,
    turned: () => turned,
    async close() {
      await store.close();
      await proxy.close();
    },
  };
}

const enrol = (store: Awaited<ReturnType<typeof openPostgres>>, name: string) =>
  store.enrol({ name, handles: [name], tokenHash: name, time: NOW }).then(
    () => "enrolled",
    ({ code }) => code,
  );

test.each(["standby", "copy"] as const)(
  "[CLU16] on a %s that has less, whoever knew more reads and writes nothing any more",
  async (kind) => {
    const leader = await OwnPostgres.start();
    others.push(leader);
    const { store, proxy, turned, close } = await before(leader);
    const other = await leader[kind]();
    others.push(other);
    expect(await enrol(store, "Bob")).toBe("enrolled");
    await leader.fill(2_000_000);
    await leader.cut();
    while ((await enrol(store, "Bob")) !== "enrolled") await Bun.sleep(20);
    expect(turned()).toBe(0);
    await leader.end();
    if (kind === "standby") await other.promote();
    proxy.redirect(other.port);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await enrol(store, "Cid")).toBe("unavailable");
      expect(await store.commit([], []).catch(({ code }) => code)).toBe("unavailable");
    }
    expect(turned()).toBe(1);
    await close();
  },
);
