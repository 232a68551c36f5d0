import { expect, test } from "bun:test";
import { TABLES } from "@parley/server/main";
import { lasting } from "../kit/lasting.ts";
import { OldClient } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";

const parley = new OneParley({ PARLEY_LINGER_MS: "0" });

const enter = (name: string, path: string) => OldClient.open(`${parley.url}/dialects/${name}${path}`);

const told: string[] = [];

/** Asks as an example of this dialect does, at live ids; its answer must be the one that stands there. */
async function tell(name: string, id: string, params: Record<string, string> = {}): Promise<{ id: number }> {
  const { operations, examples } = TABLES.find((table) => table.name === name) ?? {};
  const operation = operations?.[id];
  const example = examples?.[id];
  if (!operation || !example) throw new Error(`${name} has no example of ${id}.`);
  const named = (field: string) => params[field] ?? example.params?.[field] ?? "";
  const path = operation.path.replace(/\{(\w+)\}/g, (_, field: string) => named(field));
  const query = example.query ? `?${new URLSearchParams(example.query)}` : "";
  const body = example.body === undefined ? null : JSON.stringify(example.body);
  const headers = { "content-type": "application/json" };
  const { method } = operation;
  const response = await fetch(`${parley.url}/dialects/${name}${path}${query}`, { method, headers, body });
  const answer = response.status === 204 ? undefined : await response.json();
  const expected = { id, status: example.status, answer: lasting(example.answer) };
  expect({ id, status: response.status, answer: lasting(answer) }).toEqual(expected);
  told.push(`${name} ${id}`);
  return answer;
}

test("[API4] rooms: every example of a request is answered as it says", async () => {
  const room = await tell("rooms", "create_room");
  const here = { room_id: `${room.id}` };
  await tell("rooms", "list_rooms");
  const alice = await enter("rooms", `/ws/chat/${room.id}?username=alice`);
  alice.say({ content: "Hello, world!" });
  await alice.next();
  await alice.next();
  await tell("rooms", "room_messages", here);
  await tell("rooms", "delete_room", here);
});

test("[API4] broadcast: every example of a request is answered as it says", async () => {
  const alice = await enter("broadcast", "/ws/alice");
  await alice.next();
  await tell("broadcast", "room_stats");
  await alice.leave();
});

test("[API4] direct: every example of a request is answered as it says", async () => {
  const [ann, bob] = [await enter("direct", "/ws/1"), await enter("direct", "/ws/2")];
  for (const client of [ann, bob]) await client.next();
  await tell("direct", "online_users");
  await Promise.all([ann.leave(), bob.leave()]);
  const { id } = await tell("direct", "create_message");
  await tell("direct", "list_messages");
  await tell("direct", "list_conversations");
  await tell("direct", "mark_message_as_read", { message_id: `${id}` });
});

test("[API4] every request to a dialect has an example that is told here", () => {
  const all = TABLES.flatMap(({ name, operations }) => Object.keys(operations).map((id) => `${name} ${id}`));
  expect(told.sort()).toEqual(all.sort());
});
