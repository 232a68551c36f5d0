import { expect, test } from "bun:test";
import { received } from "@parley/server/gateways/dialects/broadcast/frames";
import { broadcastTable } from "@parley/server/gateways/dialects/broadcast/stats";
import { checkOldAnswer } from "../kit/documents.ts";
import { heldBy, isDelivered, joinByName, native, said } from "../kit/natives.ts";
import { handshake, OldClient, timeless } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";
import { until } from "../kit/replicas.ts";

const parley = new OneParley({ PARLEY_LINGER_MS: "100" });

const at = (name: string) => `${parley.url}/ws/${encodeURIComponent(name)}`;

/** Somebody who came in, and heard so themselves. */
async function enter(name: string, query = ""): Promise<OldClient> {
  const client = await OldClient.open(at(name) + query);
  expect(timeless(await client.next())).toBe(joined(name));
  return client;
}

const frame = (type: string, name: string, text: string) =>
  `{"type":"${type}","user_name":${JSON.stringify(name)},"message":${JSON.stringify(text)},"timestamp":…}`;
const joined = (name: string) => frame("user_joined", name, `${name} joined the chat`);
const left = (name: string) => frame("user_left", name, `${name} left the chat`);
const chat = (name: string, text: string) => frame("chat_message", name, text);
const TOO_LONG = '{"error":"Message too long"}';
const INVALID = '{"error":"Invalid message format"}';

interface RoomStats {
  room_id: string;
  user_count: number;
  message_count: number;
  created_at: number;
  users: { user_id: string; user_name: string; connection_time: number | null; last_activity: number | null }[];
}

async function statsOf(room: string): Promise<RoomStats> {
  const path = `/room/${encodeURIComponent(room)}/stats`;
  const answer = await fetch(parley.url + path);
  expect(answer.status).toBe(200);
  await checkOldAnswer("GET", path, answer.clone());
  return broadcastTable.operations.room_stats?.result.parse(await answer.json()) as RoomStats;
}

test("[DIA40] broadcast: whoever joins hears of it first, and everybody hears everything once, in one order and with its time in seconds", async () => {
  const before = Date.now() / 1000 - 0.001;
  const alice = await enter("alice");
  const bob = await enter("Bob B", "?room=lounge");
  alice.say({ message: "hello <b>&" });
  bob.say({ message: "hi", type: "user_left", user_name: "alice", timestamp: 1 });
  const heard = [await alice.next(), await alice.next(), await alice.next()];
  expect([await bob.next(), await bob.next()]).toEqual(heard.slice(1));
  expect(heard.map(timeless).sort()).toEqual(
    [chat("Bob B", "hi"), chat("alice", "hello <b>&"), joined("Bob B")].sort(),
  );
  for (const { timestamp } of heard.map((text) => JSON.parse(text))) {
    expect(timestamp).toBeWithin(before, Date.now() / 1000 + 0.001);
  }
  await bob.leave();
  expect(timeless(await alice.next())).toBe(left("Bob B"));
  const carol = await enter("carol");
  expect(timeless(await alice.next())).toBe(joined("carol"));
  carol.drop();
  expect(timeless(await alice.next())).toBe(left("carol"));
  expect(await alice.rest()).toEqual([]);
  await alice.leave();
});

test("[DIA41] broadcast: a name may be used often, and each use comes and goes by itself", async () => {
  const [one, two] = [await enter("twin"), await enter("twin")];
  expect(timeless(await one.next())).toBe(joined("twin"));
  two.say({ message: "me" });
  for (const client of [one, two]) expect(timeless(await client.next())).toBe(chat("twin", "me"));
  expect((await statsOf("main")).users.map(({ user_name }) => user_name)).toEqual(["twin", "twin"]);
  await one.leave();
  expect(timeless(await two.next())).toBe(left("twin"));
  await two.leave();
});

test("[DIA42] broadcast: a name is stripped and has at most 20 code points as it is given; a longer, blank or bad one is refused with 403", async () => {
  const longest = "\u{1F600}".repeat(20);
  for (const name of [`${longest}x`, `${" ".repeat(20)}a`, " ", "\u3000\u001c", "a\nb", "a\u202eb", "a/b"]) {
    expect([name, await handshake(at(name))]).toEqual([name, { status: 403, body: "" }]);
  }
  for (const path of ["/ws/", "/ws/a/b/c", "/ws/alice/"]) {
    expect([path, await handshake(parley.url + path)]).toEqual([path, { status: 403, body: "" }]);
  }
  for (const name of [longest, "<script>", "chat"]) await (await enter(name)).leave();
  const padded = await OldClient.open(`${parley.url}/ws/%20pad%0A`);
  expect(timeless(await padded.next())).toBe(joined("pad"));
  await padded.leave();
});

test("[DIA43] broadcast: a held name needs its token, and is refused with 403 without it", async () => {
  const token = await heldBy(parley.url, "Frida Falk");
  for (const name of ["Frida Falk", "frida.falk", "FR\u0406DA FALK"]) {
    expect([name, (await handshake(at(name))).status]).toEqual([name, 403]);
  }
  expect((await handshake(`${at("Greta")}?token=${token}`)).status).toBe(403);
  expect((await handshake(`${at("Frida Falk")}?token=${"x".repeat(43)}`)).status).toBe(403);
  expect((await handshake(at("Frida Falk"), { Authorization: `Bearer ${token}` })).status).toBe(101);
  const frida = await OldClient.open(`${at("Frida Falk")}?token=${token}`);
  expect(timeless(await frida.next())).toBe(joined("frida.falk"));
  await frida.leave();
});

test("[DIA44] broadcast: a message is stripped and has at most 500 code points then; an empty one is ignored", async () => {
  const eve = await enter("eve");
  const longest = "\u{1F600}".repeat(500);
  for (const message of ["", " \n\t\u001c\u0085 "]) eve.say({ message });
  eve.say({ message: ` \u001f${longest}\n` });
  expect(timeless(await eve.next())).toBe(chat("eve", longest));
  eve.say({ message: `${longest}x` });
  expect(await eve.next()).toBe(TOO_LONG);
  eve.say({ message: `a${" ".repeat(400_000)}b` });
  expect(await eve.next()).toBe(TOO_LONG);
  for (const text of ["<img src=x onerror=alert(1)>", "👩‍👩‍👧 ﷽", "a\nb"]) {
    eve.say({ message: text });
    expect(timeless(await eve.next())).toBe(chat("eve", text));
  }
  eve.say(received.message.examples[0]);
  expect(timeless(await eve.next())).toBe(chat("eve", received.message.examples[0].message));
  await eve.leave();
});

test("[DIA45] broadcast: what is no message is answered with an error, to its author alone, and the line stays", async () => {
  const [finn, gil] = [await enter("finn"), await enter("gil")];
  await finn.next();
  const faults = [
    "hello",
    "",
    "{",
    "[]",
    "null",
    "7",
    '"text"',
    '["message"]',
    "{}",
    '{"message":7}',
    '{"message":null}',
  ];
  const deep = "[".repeat(200_000);
  for (const fault of [...faults, deep, '{"__proto__":{"message":"x"}}', new Uint8Array([123, 125])]) {
    finn.say(fault);
    expect(await finn.next()).toBe(INVALID);
  }
  finn.say('{"message":"\\ud800"}');
  expect(await finn.next()).toStartWith('{"error":"text: neither lone surrogates');
  finn.say({ message: "still here" });
  expect(timeless(await finn.next())).toBe(chat("finn", "still here"));
  expect((await gil.rest()).map(timeless)).toEqual([chat("finn", "still here")]);
  for (const client of [finn, gil]) await client.leave();
});

test("[DIA46] broadcast: people with Parley's own client in its room are told by their unique names, and see who writes and whom it reached", async () => {
  const hedda = await enter("hedda <i>");
  const ida = await native(parley.url, "Ida Lund");
  const room = await joinByName(ida, "main");
  expect(timeless(await hedda.next())).toBe(joined("ida.lund"));
  ida.look([room]);
  await until(ida, () => ida.conversation(room)?.here.count === 2);
  const { seq } = await ida.post(room, `  ${"x".repeat(600)}`).sent;
  expect(timeless(await hedda.next())).toBe(chat("ida.lund", `  ${"x".repeat(600)}`));
  hedda.say({ message: "and back" });
  expect(timeless(await hedda.next())).toBe(chat("hedda <i>", "and back"));
  await until(ida, () => said(ida, room).includes("hedda <i>: and back"));
  ida.markRead(room, seq + 1);
  const { users } = await statsOf("main");
  expect(users.find(({ user_name }) => user_name === "ida.lund")).toMatchObject({
    connection_time: null,
    last_activity: null,
  });
  await hedda.leave();
  for (const one of [seq, seq + 1]) await isDelivered(ida, room, one);
  const jon = await enter("jon");
  ida.disconnect();
  expect(timeless(await jon.next())).toBe(left("ida.lund"));
  await jon.leave();
});

test("[DIA47] broadcast: statistics of a room tell who is there since when and how much was said, and of no room are those of an empty one", async () => {
  const before = await statsOf("main");
  const kim = await enter("kim");
  const arrived = Date.now() / 1000;
  await Bun.sleep(20);
  kim.say({ message: "counted" });
  await kim.next();
  const { users, ...after } = await statsOf("main");
  expect(after).toEqual({ ...after, user_count: 1, message_count: before.message_count + 1, room_id: "main" });
  expect(after.created_at).toBe(before.created_at);
  expect(users).toHaveLength(1);
  expect(users[0]?.user_name).toBe("kim");
  expect(users[0]?.connection_time).toBeWithin(arrived - 1, arrived + 0.001);
  expect(users[0]?.last_activity).toBeGreaterThan(users[0]?.connection_time ?? Infinity);
  await kim.leave();
  const nowhere = await statsOf("no such room 100%");
  expect(nowhere).toMatchObject({ room_id: "no such room 100%", user_count: 0, message_count: 0, users: [] });
  expect(nowhere.created_at).toBeWithin(arrived, Date.now() / 1000 + 1);
  const looker = await native(parley.url, "Looker");
  const { rooms } = await looker.call("list_rooms", { query: "no such" });
  looker.disconnect();
  expect(rooms).toEqual([]);
  const posted = await fetch(`${parley.url}/room/main/stats`, { method: "POST" });
  expect([posted.status, posted.headers.get("allow"), await posted.json()]).toEqual([
    405,
    "GET, HEAD",
    { detail: "Method Not Allowed" },
  ]);
});

test("[DIA48] broadcast: what was said is kept over a restart, where native clients and statistics find it", async () => {
  const lea = await enter("lea");
  lea.say({ message: "written down" });
  await lea.next();
  const { message_count, created_at } = await statsOf("main");
  const ended = lea.end();
  await parley.stop();
  expect((await ended).code).toBe(1012);
  await parley.start();
  expect(await statsOf("main")).toMatchObject({ message_count, created_at, user_count: 0, users: [] });
  const mia = await native(parley.url, "Mia Ek");
  const room = await joinByName(mia, "main");
  while (!mia.timeline(room).complete) await mia.loadOlder(room);
  expect(said(mia, room).filter((line) => line === "lea: written down")).toHaveLength(1);
  mia.disconnect();
});
