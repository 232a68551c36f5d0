import { expect, test } from "bun:test";
import type { DialectName } from "@parley/protocol/dialects";
import { WIRES } from "@parley/server/main";
import { lasting } from "../kit/lasting.ts";
import { heldBy } from "../kit/natives.ts";
import { OldClient } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";

const parley = new OneParley({ PARLEY_LINGER_MS: "0" });

const wireOf = (name: DialectName) => {
  const wire = WIRES.find((one) => one.name === name);
  if (!wire) throw new Error(`${name} is not documented.`);
  const examples = (side: "received" | "sent") => Object.values(wire[side]).flatMap((frame) => frame.examples);
  return { received: examples("received"), sent: examples("sent") };
};

const PATIENCE = 10_000;
const enter = (name: DialectName, path: string) => OldClient.open(`${parley.url}/dialects/${name}${path}`);

/** Says every example and what else it takes, each in turn, once the one before was heard of. */
async function say(client: OldClient, frames: readonly unknown[]): Promise<void> {
  for (const frame of frames) {
    client.say(frame as never);
    await client.rest();
  }
}

/** Resolves once every example of what is sent was heard by one of these. */
async function allHeard(name: DialectName, ...clients: OldClient[]): Promise<void> {
  const parsed = (text: string) => lasting(name === "plain" ? text : JSON.parse(text));
  const wanted = wireOf(name).sent.map(lasting);
  for (const late = Date.now() + PATIENCE; ; await Bun.sleep(20)) {
    const heard = clients.flatMap((client) => client.heard.map(parsed));
    if (wanted.every((example) => heard.some((one) => Bun.deepEquals(one, example)))) return;
    if (Date.now() > late) expect(heard).toEqual(expect.arrayContaining(wanted));
  }
}

for (const name of ["messenger", "broadcast", "plain"] as const) {
  test(`[API4] ${name}: every example of a frame is said, or heard`, async () => {
    const path = name === "messenger" ? "/ws/chat" : "/ws";
    const bob = await enter(name, `${path}/bob`);
    const alice = await enter(name, `${path}/alice`);
    await say(alice, wireOf(name).received);
    if (name === "broadcast") await say(alice, [{ message: "x".repeat(501) }, "no JSON"]);
    await alice.leave();
    await allHeard(name, alice, bob);
    await bob.leave();
  });
}

test("[API4] rooms: every example of a frame is said, or heard", async () => {
  const { id } = await made<{ id: number }>("/api/chat/rooms", { name: "Examples" });
  const [alice, bob] = [
    await enter("rooms", `/ws/chat/${id}?username=alice`),
    await enter("rooms", `/ws/chat/${id}?username=bob`),
  ];
  await say(alice, [...wireOf("rooms").received, { content: "hi <b>" }]);
  await bob.leave();
  const again = await enter("rooms", `/ws/chat/${id}?username=bob`);
  await allHeard("rooms", alice, bob, again);
  await Promise.all([alice.leave(), again.leave()]);
});

test("[API4] direct: every example of a frame is said, or heard", async () => {
  const [ann, bob] = [await enter("direct", "/ws/1"), await enter("direct", "/ws/2")];
  const token = await heldBy(parley.url, "Group Keeper");
  const { conversation } = await made<{ conversation: { id: number } }>(
    "/api/groups",
    { key: "g", members: [1, 2] },
    token,
  );
  ann.say({ recipient_id: 2, message: "Hello!" });
  const message_id = await sentAs(ann);
  ann.say({ group_id: conversation.id, message: "First." });
  const first = await sentAs(ann);
  const live = (frame: object): object => {
    const real = { ...frame } as Record<string, unknown>;
    if ("group_id" in real) Object.assign(real, { group_id: conversation.id, reply_to_id: first });
    return "message_id" in real ? { ...real, message_id } : real;
  };
  const examples = (wireOf("direct").received as object[]).map(live);
  const isReading = (frame: object) => "type" in frame && frame.type === "read_receipt";
  await say(ann, [...examples.filter((frame) => !isReading(frame)), { recipient_id: 99, message: "Anybody?" }]);
  await say(bob, examples.filter(isReading));
  await allHeard("direct", ann, bob);
  const refused = [...ann.heard, ...bob.heard].filter((text) => JSON.parse(text).type === "error");
  expect(refused).toHaveLength(1);
  await Promise.all([ann.leave(), bob.leave()]);
});

/** The id of what this client said last, once it is confirmed. */
async function sentAs(client: OldClient): Promise<number> {
  for (;;) {
    const frame = await client.json<{ type: string; message_id: number }>();
    if (frame.type === "message_sent") return frame.message_id;
  }
}

/** The answer to a POST. */
async function made<T>(path: string, body: unknown, token?: string): Promise<T> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(parley.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}
