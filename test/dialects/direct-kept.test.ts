import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { received, sent } from "@parley/server/gateways/dialects/direct/frames";
import { DirectSite, time } from "../kit/direct-site.ts";
import { frozen, OldClient } from "../kit/old-client.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

const folder = temporaryFolder();
let parley: ServerProcess;
let site: DirectSite;

beforeAll(async () => {
  parley = new ServerProcess({
    port: await freePort(),
    data: folder.path,
    env: { PARLEY_HOME_ROOMS: "direct=hall,plain=hall", PARLEY_SLOW_READER_BYTES: "131072" },
  });
  await parley.start();
  site = new DirectSite(parley.url);
});
afterAll(async () => {
  await parley.stop();
  folder.remove();
});

const anId = expect.any(Number);

test("[DIA101] direct: the examples of its frames are what is really said and heard", async () => {
  const [ann, bob] = [await site.enter(1), await site.enter(2)];
  const [toBob] = received.message.examples;
  ann.say(toBob);
  const heard = await bob.json();
  const { message_id } = heard;
  const real = { message_id: anId, timestamp: time };
  expect(heard).toEqual({ ...sent.new_message.examples[0], ...real });
  expect(await ann.json()).toEqual({ ...sent.message_sent.examples[0], ...real });
  expect(await ann.json()).toEqual({ ...sent.message_delivered.examples[0], ...real });
  bob.say({ ...received.read_receipt.examples[0], message_id });
  expect(await ann.json()).toEqual({ ...sent.read_receipt.examples[0], ...real });
  ann.say(received.typing.examples[0]);
  expect(await bob.json()).toEqual({ ...sent.typing_indicator.examples[0], timestamp: time });
  ann.say(received.ping.examples[0]);
  expect(await ann.json()).toEqual({ ...sent.pong.examples[0], timestamp: time });
  ann.say({ ...toBob, recipient_id: 99 });
  expect(await ann.json()).toEqual(sent.error.examples[0]);
  expect(JSON.parse(ann.heard[0] as string)).toEqual({ ...sent.connection_established.examples[0], timestamp: time });
  await Promise.all([ann.leave(), bob.leave()]);
});

test("[DIA103] direct: what was confirmed to its author outlives a kill, with its replies and statuses, and waits for whoever was away", async () => {
  await site.known(12);
  const [ann, cas] = [await site.enter(11), await site.enter(13)];
  ann.say({ recipient_id: 13, message: "read before" });
  const { message_id } = await cas.json();
  cas.say({ type: "read_receipt", message_id });
  for (let n = 1; n <= 5; n++) ann.say({ recipient_id: 12, message: `${n}` });
  const types: unknown[] = [];
  while (types.filter((type) => type === "message_sent").length < 6 || !types.includes("read_receipt")) {
    types.push((await ann.json()).type);
  }
  await parley.kill();
  await parley.start();
  expect(await site.between(11, 13)).toMatchObject([{ message: "read before", status: "read", id: message_id }]);
  expect((await site.between(11, 12)).map(({ message, status }) => [message, status])).toEqual(
    [5, 4, 3, 2, 1].map((n) => [`${n}`, "sent"]),
  );
  const back = await site.enter(11);
  const bob = await site.enter(12);
  for (let n = 1; n <= 5; n++) expect(await bob.json()).toMatchObject({ message: `${n}`, sender_id: 11 });
  for (let n = 1; n <= 5; n++) expect(await back.json()).toMatchObject({ type: "message_delivered", delivered_to: 12 });
  expect([await bob.rest(), await back.rest()]).toEqual([[], []]);
  await Promise.all([back.leave(), bob.leave()]);
});

test("[DIA104] direct: however much waits for somebody comes in order and once, with what is said meanwhile behind it, on every device that is there", async () => {
  await site.known(22);
  const ann = await site.enter(21);
  const count = 1_200;
  for (let n = 1; n <= count; n++) ann.say({ recipient_id: 22, message: `${n} ${"x".repeat(200)}` });
  for (let n = 1; n <= count; n++) await ann.next();
  const phone = await OldClient.open(`${site.url}/ws/22`);
  const more = Array.from({ length: 100 }, (_, at) => count + 1 + at);
  for (const n of more) ann.say({ recipient_id: 22, message: `${n} ` });
  expect((await phone.json()).type).toBe("connection_established");
  const numbers: number[] = [];
  while (numbers.length < count + more.length)
    numbers.push(Number.parseInt((await phone.json()).message as string, 10));
  expect(numbers).toEqual([...Array.from({ length: count }, (_, at) => at + 1), ...more]);
  expect(await phone.rest()).toEqual([]);
  await Promise.all([ann.leave(), phone.leave()]);
}, 30_000);

/** A reader that takes nothing for a second, and then everything: how many messages it heard on that one connection. */
function heardSlowly(url: string, messages: number): Promise<number> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  return new Promise((resolve, reject) => {
    let heard = 0;
    socket.once("data", () => {
      socket.pause();
      setTimeout(() => socket.resume(), 1_000);
    });
    socket.on("data", (data) => {
      // Each message ends with the same mark, which no piece of it can hold twice.
      heard += data.toString("latin1").split("#").length - 1;
      if (heard >= messages) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(heard));
  });
}

test("[DIA104] direct: much more than a socket holds comes over one connection, from many people at once, as it is taken", async () => {
  await site.known(62);
  const people = Array.from({ length: 8 }, (_, at) => 6_200 + at);
  await site.known(...people);
  const message = `${"🌱".repeat(7_999)}#`;
  for (const sender_id of people) {
    for (let n = 0; n < 100; n++) await site.said({ sender_id, recipient_id: 62, message });
  }
  expect(await heardSlowly(`${site.url}/ws/62`, 800)).toBe(800);
}, 30_000);

test("[DIA104] direct: devices that come at the same moment each hear everything once", async () => {
  await site.known(32);
  const ann = await site.enter(31);
  for (const message of ["a", "b"]) ann.say({ recipient_id: 32, message });
  for (let nth = 0; nth < 2; nth++) await ann.next();
  const devices = await Promise.all(Array.from({ length: 5 }, () => OldClient.open(`${site.url}/ws/32`)));
  ann.say({ recipient_id: 32, message: "c" });
  for (const device of devices) {
    const heard = [await device.json(), await device.json(), await device.json(), await device.json()];
    expect(heard.map(({ type, message }) => message ?? type)).toEqual(["connection_established", "a", "b", "c"]);
    expect(await device.rest()).toEqual([]);
  }
  for (const client of [ann, ...devices]) await client.leave();
});

test("[DIA104] direct: a device that answers nothing delivers nothing: what was said to it comes to the next one", async () => {
  await site.known(34);
  const ann = await site.enter(33);
  const end = await frozen(`${site.url}/ws/34`);
  for (const message of ["a", "b"]) ann.say({ recipient_id: 34, message });
  for (let nth = 0; nth < 2; nth++) expect((await ann.json()).type).toBe("message_sent");
  expect(await ann.rest()).toEqual([]);
  expect(await site.between(33, 34)).toMatchObject([{ status: "sent" }, { status: "sent" }]);
  const phone = await site.enter(34);
  for (const message of ["a", "b"]) expect(await phone.json()).toMatchObject({ type: "new_message", message });
  for (let nth = 0; nth < 2; nth++) expect((await ann.json()).type).toBe("message_delivered");
  end();
  await Promise.all([ann.leave(), phone.leave()]);
});

test("[DIA105] direct: where the configuration names a home room, everybody is in it, and it is a group to them that others share", async () => {
  const [ann, bob] = [await site.enter(41), await site.enter(42)];
  const plain = await OldClient.open(`${site.url}/dialects/plain/ws/Paula`);
  expect(await plain.next()).toBe("System: Paula has joined the chat");
  plain.say("hello, numbers");
  const heard = await ann.json();
  expect(heard).toMatchObject({ type: "new_message", recipient_id: null, message: "hello, numbers" });
  expect(await bob.json()).toEqual(heard);
  ann.say({ type: "message", group_id: heard.group_id, message: "hello, name" });
  await plain.next();
  expect(await plain.next()).toBe("User 41: hello, name");
  expect(await bob.json()).toMatchObject({ sender_id: 41, group_id: heard.group_id, message: "hello, name" });
  expect((await ann.json()).type).toBe("message_sent");
  const late = await site.enter(43);
  expect(await late.rest()).toEqual([]);
  const { body } = await site.ask<object[]>("GET", `/messages/?group_id=${heard.group_id}`);
  expect(body).toMatchObject([{ message: "hello, name" }, { message: "hello, numbers" }]);
  for (const client of [ann, bob, late, plain]) await client.leave();
});

test("[DIA106] direct: what one connection sends faster than it is kept is refused with an error, in order, and a frame above the limit ends it with 1009", async () => {
  const [ann, bob] = [await site.enter(51), await site.enter(52)];
  const count = 3_000;
  for (let n = 1; n <= count; n++) ann.say({ recipient_id: 52, message: `${n} ${"x".repeat(2_000)}` });
  ann.say({ type: "ping" });
  const frames: Record<string, unknown>[] = [];
  while (frames.at(-1)?.type !== "pong") frames.push(await ann.json());
  const refused = frames.filter(({ type }) => type === "error");
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused.map(({ message }) => message))).toEqual(new Set(["This is faster than the limit."]));
  const kept = count - refused.length;
  const numbers: number[] = [];
  while (numbers.length < kept) numbers.push(Number.parseInt((await bob.json()).message as string, 10));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(await bob.rest()).toEqual([]);
  await ann.rest();
  ann.say("x".repeat(1 << 20));
  expect(await ann.json()).toEqual({ type: "error", message: "This is not JSON." });
  ann.say("x".repeat((1 << 20) + 1));
  expect((await ann.end()).code).toBe(1009);
  await bob.leave();
}, 30_000);
