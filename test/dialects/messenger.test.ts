import { expect, test } from "bun:test";
import { received, sent } from "@parley/server/gateways/dialects/messenger/frames";
import { heldBy, isDelivered, joinByName, native, said } from "../kit/natives.ts";
import { frozen, handshake, OldClient, timeless } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";
import { until } from "../kit/replicas.ts";

const parley = new OneParley({ PARLEY_LINGER_MS: "100" });

const at = (name: string) => `${parley.url}/ws/chat/${encodeURIComponent(name)}`;

/** Somebody who came in, and heard so themselves. */
async function enter(name: string, query = ""): Promise<OldClient> {
  const client = await OldClient.open(at(name) + query);
  expect(timeless(await client.next())).toBe(system(name, `${name} joined the chat`));
  return client;
}

const system = (name: string, text: string) =>
  `{"type":"system","username":${JSON.stringify(name)},"text":${JSON.stringify(text)},"timestamp":…}`;
const message = (name: string, text: string) =>
  `{"type":"message","username":${JSON.stringify(name)},"text":${JSON.stringify(text)},"timestamp":…}`;

test("[DIA30] messenger: whoever joins hears of it first, and everybody hears everything once, in one order and with its time", async () => {
  const before = Date.now() - 1;
  const alice = await enter("alice");
  const bob = await enter("Bob B", "?room=lounge");
  alice.say("hello <b>&");
  bob.say("hi");
  const heard = [await alice.next(), await alice.next(), await alice.next()];
  expect([await bob.next(), await bob.next()]).toEqual(heard.slice(1));
  expect(heard.map(timeless).sort()).toEqual([
    message("Bob B", "hi"),
    message("alice", "hello <b>&"),
    system("Bob B", "Bob B joined the chat"),
  ]);
  for (const frame of heard.map((text) => JSON.parse(text))) {
    expect(sent[frame.type as keyof typeof sent].schema.parse(frame)).toEqual(frame);
    expect(Date.parse(frame.timestamp)).toBeWithin(before, Date.now() + 1);
  }
  await bob.leave();
  expect(timeless(await alice.next())).toBe(system("Bob B", "Bob B left the chat"));
  const carol = await enter("carol");
  expect(timeless(await alice.next())).toBe(system("carol", "carol joined the chat"));
  carol.drop();
  expect(timeless(await alice.next())).toBe(system("carol", "carol left the chat"));
  expect(await alice.rest()).toEqual([]);
  await alice.leave();
});

test("[DIA31] messenger: a name in use, or held by somebody who is not proved, is accepted and closed with 1008, unheard by others", async () => {
  const dora = await enter("dora");
  const token = await heldBy(parley.url, "Frida Falk");
  for (const name of ["dora", "Frida Falk", "frida.falk", "FR\u0406DA FALK"]) {
    const second = await OldClient.open(at(name));
    expect([name, await second.end()]).toEqual([name, { code: 1008, reason: "Username already taken" }]);
    expect(second.heard).toEqual([]);
  }
  expect(await dora.rest()).toEqual([]);
  const other = await enter("Dora");
  const frida = await OldClient.open(`${at("Frida Falk")}?token=${token}`);
  expect(timeless(await frida.next())).toBe(system("frida.falk", "frida.falk joined the chat"));
  const again = await OldClient.open(`${at("frida.falk")}?token=${token}`);
  expect((await again.end()).code).toBe(1008);
  const wrong = await OldClient.open(`${at("Greta")}?token=${token}`);
  expect((await wrong.end()).code).toBe(1008);
  for (const client of [dora, other, frida]) await client.leave();
  await (await enter("dora")).leave();
  for (const late = Date.now() + 4_000; (await connections()) > 0; await Bun.sleep(20)) {
    if (Date.now() > late) throw new Error("A socket that was closed at once still counts.");
  }
});

async function connections(): Promise<number> {
  return (await (await fetch(`${parley.url}/health`)).json()).active_connections;
}

test("[DIA32] messenger: a name whose holder answers no ping within a second goes to whoever asks for it", async () => {
  const watcher = await enter("watcher");
  const end = await frozen(at("sleepy"));
  expect(timeless(await watcher.next())).toBe(system("sleepy", "sleepy joined the chat"));
  const began = Date.now();
  const awake = await enter("sleepy");
  expect(Date.now() - began).toBeWithin(900, 3_000);
  expect([await watcher.next(), await watcher.next()].map(timeless).sort()).toEqual([
    system("sleepy", "sleepy joined the chat"),
    system("sleepy", "sleepy left the chat"),
  ]);
  end();
  expect(await watcher.rest()).toEqual([]);
  for (const client of [awake, watcher]) await client.leave();
});

test("[DIA33] messenger: a name has 1 to 64 code points, none of them a control; anything else is refused with 403 and no body", async () => {
  const longest = "\u{1F600}".repeat(64);
  for (const name of [`${longest}x`, "a\nb", "a\u202eb", " ", "a/b"]) {
    expect([name, await handshake(at(name))]).toEqual([name, { status: 403, body: "" }]);
  }
  for (const path of ["/ws/chat/", "/ws/chat/a/b", "/ws/chat/alice/"]) {
    expect([path, await handshake(parley.url + path)]).toEqual([path, { status: 403, body: "" }]);
  }
  for (const name of [longest, "123", " pad ", "<img src=x onerror=alert(1)>", "System"])
    await (await enter(name)).leave();
});

test("[DIA34] messenger: a text frame is the message as it stands: untrimmed, blank or not, JSON or not, markup as text", async () => {
  const eve = await enter("eve");
  const texts = [
    "",
    "   ",
    '{"type":"system","username":"eve","text":"x"}',
    "<script>alert(1)</script>",
    "  two\nlines ",
    "👩‍👩‍👧 ﷽",
    "\u0085",
  ];
  for (const text of [...texts, ...received.message.examples]) {
    eve.say(text);
    expect(timeless(await eve.next())).toBe(message("eve", text));
  }
  await eve.leave();
});

test("[DIA35] messenger: what is refused is told to its author alone, and a binary frame ends its socket with 1011", async () => {
  const [finn, gil] = [await enter("finn"), await enter("gil")];
  await finn.next();
  finn.say("x".repeat(8001));
  const told = await finn.next();
  expect(timeless(told)).toBe(system("finn", "A message has at most 8000 characters."));
  sent.system.schema.parse(JSON.parse(told));
  finn.say("a\u0000b");
  expect(timeless(await finn.next())).toStartWith('{"type":"system","username":"finn","text":"text: neither');
  finn.say("\u{1F600}".repeat(8000));
  expect(timeless(await gil.next())).toBe(message("finn", "\u{1F600}".repeat(8000)));
  finn.say(new Uint8Array([104, 105]));
  expect(await finn.end()).toEqual({ code: 1011, reason: "Internal server error" });
  expect(timeless(await gil.next())).toBe(system("finn", "finn left the chat"));
  expect(await gil.rest()).toEqual([]);
  gil.say("x".repeat(2 ** 20 + 1));
  expect((await gil.end()).code).toBe(1009);
});

test("[DIA36] messenger: people with Parley's own client in its room are told by their unique names, and see who writes and whom it reached", async () => {
  const hedda = await enter("hedda <i>");
  const ida = await native(parley.url, "Ida Lund");
  const room = await joinByName(ida, "messenger");
  expect(timeless(await hedda.next())).toBe(system("ida.lund", "ida.lund joined the chat"));
  ida.look([room]);
  await until(ida, () => ida.conversation(room)?.here.count === 2);
  const { sent: posted } = ida.post(room, "seen by both");
  const { seq } = await posted;
  expect(timeless(await hedda.next())).toBe(message("ida.lund", "seen by both"));
  hedda.say("and back");
  expect(timeless(await hedda.next())).toBe(message("hedda <i>", "and back"));
  await until(ida, () => said(ida, room).includes("hedda <i>: and back"));
  ida.markRead(room, seq + 1);
  await hedda.leave();
  await until(ida, () => ida.conversation(room)?.here.count === 1);
  for (const one of [seq, seq + 1]) await isDelivered(ida, room, one);
  const jon = await enter("jon");
  ida.disconnect();
  expect(timeless(await jon.next())).toBe(system("ida.lund", "ida.lund left the chat"));
  await jon.leave();
});

test("[DIA37] messenger: what was said is kept over a restart, where native clients find it", async () => {
  const kim = await enter("kim");
  kim.say("written down");
  await kim.next();
  const ended = kim.end();
  await parley.stop();
  expect((await ended).code).toBe(1012);
  await parley.start();
  const lea = await native(parley.url, "Lea Ek");
  const room = await joinByName(lea, "messenger");
  while (!lea.timeline(room).complete) await lea.loadOlder(room);
  expect(said(lea, room).filter((line) => line === "kim: written down")).toHaveLength(1);
  lea.disconnect();
  await (await enter("kim")).leave();
});
