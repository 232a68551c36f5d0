import { expect, test } from "bun:test";
import { handshake, OldClient } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";

const parley = new OneParley();

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;
const time = expect.stringMatching(TIME);

/** Connects, and hears that it did. */
async function enter(id: number | string): Promise<OldClient> {
  const client = await OldClient.open(`${parley.url}/ws/${id}`);
  expect(await client.json()).toEqual({ type: "connection_established", user_id: Number(id), timestamp: time });
  return client;
}

const hello = (recipient_id: unknown, message = "Hello!") => ({ type: "message", recipient_id, message });

test("[DIA80] direct: a message goes to its recipient, a confirmation to every connection of its author, and nothing to others", async () => {
  const [ann, second, bob, eve] = [await enter(1), await enter(1), await enter(2), await enter(3)];
  ann.say({ ...hello(2), message_type: "text", timestamp: "2024-01-01T12:00:00" });
  const heard = await bob.next();
  const { message_id, timestamp } = JSON.parse(heard);
  expect(timestamp).toEqual(time);
  expect(heard).toBe(
    `{"type":"new_message","message_id":${message_id},"sender_id":1,"recipient_id":2,"group_id":null,"message":"Hello!","message_type":"text","reply_to_id":null,"timestamp":"${timestamp}","status":"sent"}`,
  );
  for (const client of [ann, second]) {
    expect(await client.next()).toBe(`{"type":"message_sent","message_id":${message_id},"timestamp":"${timestamp}"}`);
    expect(await client.json()).toEqual({ type: "message_delivered", message_id, delivered_to: 2, timestamp: time });
  }
  bob.say({ type: "read_receipt", message_id, sender_id: 1, timestamp: "2024-01-01T12:00:00" });
  for (const client of [ann, second]) {
    expect(await client.json()).toEqual({ type: "read_receipt", message_id, read_by: 2, timestamp: time });
    expect(await client.rest()).toEqual([]);
  }
  expect([await bob.rest(), await eve.rest()]).toEqual([[], []]);
  for (const client of [ann, second, bob, eve]) await client.leave();
});

test("[DIA81] direct: typing is told to its recipient alone as often as it is said, also before the first message; ping is answered by pong", async () => {
  const [ann, second, bob] = [await enter(11), await enter(11), await enter(12)];
  const typing = (more: object) => ({ type: "typing", recipient_id: 12, ...more });
  const indicator = (is_typing: boolean) =>
    `{"type":"typing_indicator","user_id":11,"recipient_id":12,"group_id":null,"is_typing":${is_typing},"timestamp":"`;
  for (let round = 0; round < 2; round++) {
    ann.say(typing({ is_typing: true, timestamp: "2024-01-01T12:00:00" }));
    ann.say(typing({ is_typing: false }));
    ann.say(typing({}));
    for (const active of [true, false, false]) expect(await bob.next()).toStartWith(indicator(active));
    ann.say(hello(12, `${round}`));
    expect(await bob.json()).toMatchObject({ type: "new_message", message: `${round}` });
    expect((await ann.json()).type).toBe("message_sent");
    expect((await ann.json()).type).toBe("message_delivered");
  }
  ann.say({ type: "ping", timestamp: "2024-01-01T12:00:00" });
  expect(await ann.next()).toMatch(/^\{"type":"pong","timestamp":"[\d:.T-]+"\}$/);
  expect((await second.rest()).map((frame) => JSON.parse(frame).type)).not.toContain("pong");
  expect(await bob.rest()).toEqual([]);
  for (const client of [ann, second, bob]) await client.leave();
});

test("[DIA82] direct: what was said to somebody who is away waits for them, comes once and in order when they connect, and its author hears that it came", async () => {
  const [ann, bob] = [await enter(21), await enter(22)];
  await bob.leave();
  for (const text of ["one", "two", "three"]) ann.say(hello(22, text));
  for (let sent = 0; sent < 3; sent++) expect((await ann.json()).type).toBe("message_sent");
  expect(await ann.rest()).toEqual([]);
  const back = await enter(22);
  for (const text of ["one", "two", "three"]) expect(await back.json()).toMatchObject({ message: text, sender_id: 21 });
  for (let told = 0; told < 3; told++) expect(await ann.json()).toMatchObject({ type: "message_delivered" });
  await back.leave();
  const again = await enter(22);
  expect(await again.rest()).toEqual([]);
  for (const client of [ann, again]) await client.leave();
});

test("[DIA82] direct: who closes on having heard a message does not hear it again, and hears what they had not", async () => {
  const ann = await enter(23);
  await (await enter(24)).leave();
  for (const text of ["one", "two", "three"]) ann.say(hello(24, text));
  for (let sent = 0; sent < 3; sent++) expect((await ann.json()).type).toBe("message_sent");
  const back = await enter(24);
  for (const text of ["one", "two", "three"]) expect(await back.json()).toMatchObject({ message: text });
  await back.leave();
  const again = await enter(24);
  expect(await again.rest()).toEqual([]);
  ann.say(hello(24, "four"));
  expect(await again.json()).toMatchObject({ message: "four" });
  await again.leave();
  const third = await enter(24);
  expect(await third.rest()).toEqual([]);
  for (const client of [ann, third]) await client.leave();
});

test("[DIA83] direct: a person has any number of connections, each of which hears everything", async () => {
  const ann = await enter(31);
  const devices = [await enter(32), await enter("+32"), await enter("032")];
  for (let n = 0; n < 20; n++) ann.say(hello(32, `${n}`));
  for (const device of devices) {
    for (let n = 0; n < 20; n++) expect(await device.json()).toMatchObject({ type: "new_message", message: `${n}` });
    expect(await device.rest()).toEqual([]);
  }
  for (const client of [ann, ...devices]) await client.leave();
});

test("[DIA84] direct: what is refused is answered by an error to its connection alone, which stays open", async () => {
  const [ann, bob] = [await enter(41), await enter(42)];
  const refused: [unknown, string | RegExp][] = [
    ["not json", "This is not JSON."],
    ["[1]", "This is not a frame of the protocol."],
    [new Uint8Array([1, 2]), "Only text frames are understood."],
    [{ type: "dance" }, "type: message, typing, read_receipt or ping is expected."],
    [{ type: "message", message: "x" }, "Exactly one of recipient_id and group_id is expected."],
    [{ ...hello(42), group_id: 7 }, "Exactly one of recipient_id and group_id is expected."],
    [{ type: "message", recipient_id: 42 }, /^message: /],
    [{ ...hello(42), message: 5 }, /^message: /],
    [hello(4.5), /^recipient_id: /],
    [hello(99_999), "User 99999 does not exist."],
    [{ type: "typing", recipient_id: 99_999 }, "User 99999 does not exist."],
    [{ type: "message", group_id: 99_999, message: "x" }, "You are in no group 99999."],
    [{ type: "read_receipt", message_id: 99_999 }, "Message 99999 does not exist."],
    [{ ...hello(42), reply_to_id: 99_999 }, "Message 99999 does not exist."],
    [hello(42, "x".repeat(8_001)), "A message has at most 8000 characters."],
  ];
  for (const [frame, said] of refused) {
    ann.say(frame as string);
    const { type, message, ...rest } = await ann.json();
    expect([type, rest]).toEqual(["error", {}]);
    if (typeof said === "string") expect(message).toBe(said);
    else expect(message).toMatch(said);
  }
  expect(await bob.rest()).toEqual([]);
  ann.say(hello(42, "x".repeat(8_000)));
  expect(await bob.json()).toMatchObject({ message: "x".repeat(8_000) });
  for (const client of [ann, bob]) await client.leave();
});

test("[DIA85] direct: blank messages, numbers in strings, and frames without a type are what they were", async () => {
  const [ann, bob] = [await enter(51), await enter(52)];
  ann.say(hello("52", ""));
  ann.say({ recipient_id: 52, message: " \n " });
  expect(await bob.json()).toMatchObject({ message: "", recipient_id: 52 });
  expect(await bob.json()).toMatchObject({ message: " \n " });
  for (const client of [ann, bob]) await client.leave();
});

test("[DIA86] direct: an address that is no whole number, or a number that nobody may have unproven, is refused with 403", async () => {
  for (const path of [
    "/dialects/direct/ws/ann",
    "/dialects/direct/ws/online-users",
    "/ws/-2147483649",
    "/ws/1000000",
  ]) {
    expect([path, await handshake(parley.url + path)]).toEqual([path, { status: 403, body: "" }]);
  }
  for (const id of ["-2147483648", "-5", "0", "999999"]) await (await enter(id)).leave();
});

test("[DIA87] direct: a reply names the message that it answers by its id, also when that is older than the connection", async () => {
  const [ann, bob] = [await enter(61), await enter(62)];
  ann.say(hello(62, "question"));
  const { message_id } = await bob.json();
  expect((await ann.json()).type).toBe("message_sent");
  expect((await ann.json()).type).toBe("message_delivered");
  await bob.leave();
  const back = await enter(62);
  back.say({ ...hello(61, "answer"), reply_to_id: message_id });
  expect(await ann.json()).toMatchObject({ message: "answer", reply_to_id: message_id });
  const eve = await enter(63);
  eve.say({ ...hello(61, "elsewhere"), reply_to_id: message_id });
  expect(await eve.json()).toEqual({ type: "error", message: `Message ${message_id} does not exist.` });
  for (const client of [ann, back, eve]) await client.leave();
});
