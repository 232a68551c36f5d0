import { afterEach, expect, test } from "bun:test";
import type { Client } from "@parley/client";
import type { Store } from "@parley/server/core/ports";
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

/** A node's store at this address, and how often it said that it must start anew. */
async function opened(url: string) {
  let turned = 0;
  const place = { schema: "parley", connections: 2, patience: 2_000, proof: "p" };
  return { store: await openPostgres({ ...place, url, turned: () => (turned += 1) }), turned: () => turned };
}

const enrol = (store: Store, name: string): Promise<string> =>
  store.enrol({ name, handles: [name], tokenHash: name, time: NOW }).then(
    () => "enrolled",
    ({ code }) => code,
  );

/** Somebody new asks until they are let in, and is never told anything but that it does not go now. */
async function eventually(store: Store, name: string): Promise<string> {
  for (;;) {
    const answer = await enrol(store, name);
    if (answer !== "unavailable") return answer;
    await Bun.sleep(20);
  }
}

async function refusesAll(store: Store): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(await enrol(store, "Eve")).toBe("unavailable");
    expect(await store.commit([], []).catch(({ code }) => code)).toBe("unavailable");
  }
}

test("[CLU16] of several hosts the one that can be written is taken; where that changes, whoever knew the one before reads and writes nothing any more", async () => {
  const leader = await OwnPostgres.start();
  const standby = await leader.standby();
  others.push(leader, standby);
  const url = `postgres://parley@127.0.0.1:${standby.port},127.0.0.1:${leader.port}/postgres`;
  const { store, turned } = await opened(url);
  for (const name of ["Ann", "Bob", "Cid"]) expect(await enrol(store, name)).toBe("enrolled");
  await standby.caughtUp(leader);
  await leader.cut();
  expect(await eventually(store, "Dora")).toBe("enrolled");
  await leader.end();
  expect(await enrol(store, "Emil")).toBe("unavailable");
  expect(turned()).toBe(0);
  await standby.promote();
  for (let n = 0; turned() === 0 && n < 50; n++) await enrol(store, "Emil");
  await refusesAll(store);
  expect(turned()).toBe(1);
  await store.close();
});

test("[CLU16] on a copy of the disk that has less, whoever knew more reads and writes nothing any more", async () => {
  const leader = await OwnPostgres.start();
  const proxy = await FaultProxy.before(`tcp://127.0.0.1:${leader.port}`);
  const { store, turned } = await opened(leader.urlAt(proxy.port));
  const copy = await leader.copy();
  others.push(leader, copy);
  await leader.fill(2_000_000);
  expect(await eventually(store, "Ann")).toBe("enrolled");
  expect(turned()).toBe(0);
  await leader.end();
  proxy.redirect(copy.port);
  await refusesAll(store);
  expect(turned()).toBe(1);
  await store.close();
  await proxy.close();
});
