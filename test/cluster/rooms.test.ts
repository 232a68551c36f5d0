import { afterEach, expect, test } from "bun:test";
import { Cluster } from "../kit/cluster.ts";
import { OldClient } from "../kit/old-client.ts";

let cluster: Cluster;
afterEach(() => cluster?.remove());

/** The next frame of this type; what comes before it is passed over. */
async function next(client: OldClient, type: string): Promise<Record<string, unknown>> {
  for (;;) {
    const frame = await client.json();
    if (frame.type === type) return frame;
  }
}

test("[CLU7] old clients of rooms on two nodes are in one room: they see each other, and its deletion ends the sockets of both", async () => {
  cluster = await Cluster.start({ nodes: 2, doorbell: "redis", env: { PARLEY_BEAT_MS: "60000" } });
  const [one = "", two = ""] = cluster.nodes.map(({ url }) => url);
  const headers = { "content-type": "application/json" };
  const made = await fetch(`${one}/api/chat/rooms`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name: "Both" }),
  });
  const { id } = (await made.json()) as { id: number };
  const again = await fetch(`${two}/api/chat/rooms`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name: "Both" }),
  });
  expect([made.status, again.status]).toEqual([201, 400]);

  const alice = await OldClient.open(`${one}/ws/chat/${id}?username=alice`);
  await next(alice, "users_list");
  const bob = await OldClient.open(`${two}/ws/chat/${id}?username=bob`);
  expect(await next(alice, "join")).toMatchObject({ username: "bob" });
  const { users } = await next(bob, "users_list");
  if (!(users as string[]).includes("alice")) expect(await next(bob, "join")).toMatchObject({ username: "alice" });
  alice.say({ content: "from one" });
  expect(await next(bob, "message")).toMatchObject({ username: "alice", content: "from one" });
  bob.say({ content: "from two" });
  expect(await next(alice, "message")).toMatchObject({ content: "from one" });
  expect(await next(alice, "message")).toMatchObject({ username: "bob", content: "from two" });

  expect((await fetch(`${two}/api/chat/rooms/${id}`, { method: "DELETE" })).status).toBe(204);
  for (const client of [alice, bob]) {
    expect(await client.end()).toEqual({ code: 1000, reason: "Room deleted" });
    expect((await client.rest()).filter((frame) => JSON.parse(frame).type === "leave")).toEqual([]);
  }
  expect((await fetch(`${one}/api/chat/rooms/${id}/messages`)).status).toBe(404);
});
