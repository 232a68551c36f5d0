import { afterEach, expect, test } from "bun:test";
import { Cluster } from "../kit/cluster.ts";
import { DirectSite, time } from "../kit/direct-site.ts";

let cluster: Cluster;
afterEach(() => cluster?.remove());

/** Resolves once this node says that these are connected, in whatever order. */
async function online(site: DirectSite, people: number[]): Promise<void> {
  let told: number[] = [];
  for (const late = Date.now() + 10_000; Date.now() < late; await Bun.sleep(50)) {
    told = (await site.ask<{ online_users: number[] }>("GET", "/ws/online-users")).body.online_users;
    if (told.toSorted((a, b) => a - b).join() === people.join()) return;
  }
  throw new Error(`Connected are ${told}, and should be ${people}.`);
}

test("[DIA88] direct: between connections to different nodes everything is told at once, and who is connected is known on each", async () => {
  cluster = await Cluster.start({ nodes: 2, doorbell: "redis", env: { PARLEY_BEAT_MS: "60000" } });
  const sites = cluster.nodes.map(({ url }) => new DirectSite(url)) as [DirectSite, DirectSite];
  const [one, two] = sites;
  const [ann, phone, bob] = [await one.enter(1), await two.enter(1), await two.enter(2)];
  for (const site of sites) await online(site, [1, 2]);
  ann.say({ recipient_id: 2, message: "over the bridge" });
  const { message_id } = await bob.json();
  const receipt = { message_id, timestamp: time };
  for (const client of [ann, phone]) {
    expect(await client.json()).toEqual({ type: "message_sent", ...receipt });
    expect(await client.json()).toEqual({ type: "message_delivered", delivered_to: 2, ...receipt });
  }
  bob.say({ type: "read_receipt", message_id, sender_id: 1 });
  for (const client of [ann, phone]) {
    expect(await client.json()).toEqual({ type: "read_receipt", read_by: 2, ...receipt });
  }
  for (const is_typing of [true, false]) {
    bob.say({ type: "typing", recipient_id: 1, is_typing });
    for (const client of [ann, phone]) {
      expect(await client.json()).toMatchObject({ type: "typing_indicator", user_id: 2, is_typing });
    }
  }
  await bob.leave();
  for (const site of sites) await online(site, [1]);
  const { id } = await one.said({ sender_id: 1, recipient_id: 2, message: "while away" });
  const back = await two.enter(2);
  expect(await back.json()).toMatchObject({ message_id: id, message: "while away" });
  for (const client of [ann, phone]) {
    expect((await client.json()).type).toBe("message_sent");
    expect(await client.json()).toMatchObject({ type: "message_delivered", message_id: id });
  }
  for (const client of [ann, phone, back]) await client.leave();
}, 60_000);
