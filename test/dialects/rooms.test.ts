import { afterAll, beforeAll, expect, test } from "bun:test";
import { received } from "@parley/server/gateways/dialects/rooms/frames";
import { heldBy } from "../kit/natives.ts";
import { handshake, OldClient, timeless } from "../kit/old-client.ts";
import { RoomsSite } from "../kit/rooms-site.ts";

let site: RoomsSite;

beforeAll(async () => {
  site = await RoomsSite.start({ PARLEY_LINGER_MS: "100" });
});
afterAll(() => site.stop());

const join = (name: string) =>
  `{"type":"join","username":${JSON.stringify(name)},"content":${JSON.stringify(`${name} joined the room`)},"timestamp":null}`;
const leave = (name: string) =>
  `{"type":"leave","username":${JSON.stringify(name)},"content":${JSON.stringify(`${name} left the room`)},"timestamp":null}`;
const list = (...users: string[]) => `{"type":"users_list","users":${JSON.stringify(users)}}`;
/** A message without its number and its time. */
const message = (name: string, text: string) =>
  `{"type":"message","id":…,"username":${JSON.stringify(name)},"content":${JSON.stringify(text)},"timestamp":…}`;
const bare = (frame: string) => timeless(frame).replace(/"id":\d+/, '"id":…');

test("[DIA63] rooms: who is here is told in the order in which they came, and one name may be here often", async () => {
  const room = await site.room("Names");
  const names = ["bob", "alice", "bob", "Bob B", "<img src=x onerror=alert(1)>", "👩‍👩‍👧"];
  const here: OldClient[] = [];
  for (const name of names) {
    const client = await OldClient.open(site.address(room.id, name));
    expect(await client.next()).toBe(list(...names.slice(0, here.length + 1)));
    for (const other of here) expect(await other.next()).toBe(join(name));
    here.push(client);
  }
  const [first, , second] = here as [OldClient, OldClient, OldClient];
  await second.leave();
  expect(await first.next()).toBe(leave("bob"));
  first.say({ content: "still here" });
  expect(bare(await first.next())).toBe(message("bob", "still here"));
  const again = await OldClient.open(site.address(room.id, "alice"));
  expect(await again.next()).toBe(list("bob", "alice", "Bob B", "<img src=x onerror=alert(1)>", "👩‍👩‍👧", "alice"));
  for (const client of [...here, again]) if (client !== second) await client.leave();
});

test("[DIA64] rooms: text is told as it was written, in one order, and only in its room", async () => {
  const [room, other] = [await site.room("One"), await site.room("Other")];
  const [alice, bob] = [await site.enter(room.id, "alice"), await site.enter(room.id, "bob")];
  const carol = await site.enter(other.id, "carol");
  await alice.next();
  const texts = ["  two\nlines ", "<script>alert(1)</script>", "👩‍👩‍👧 ﷽", "x".repeat(2_000), '{"type":"typing"}'];
  for (const content of texts) alice.say({ type: "message", content });
  for (const frame of received.message.examples) bob.say(frame);
  const heard: string[] = [];
  for (let nth = 0; nth < texts.length + 2; nth++) heard.push(await alice.next());
  for (const frame of heard) expect(await bob.next()).toBe(frame);
  const from = (name: string) => heard.map((frame) => JSON.parse(frame)).filter(({ username }) => username === name);
  expect(from("alice").map(({ content }) => content)).toEqual(texts);
  expect(from("bob").map(({ content }) => content)).toEqual(["Hello, world!", "Hello, world!"]);
  const ids = heard.map((frame) => JSON.parse(frame).id);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  expect(await site.messages(room.id)).toEqual(
    heard.map((frame) => JSON.parse(frame)).map(({ type: _, ...said }) => ({ ...said, room_id: room.id })),
  );
  expect(await carol.rest()).toEqual([]);
  for (const client of [alice, bob, carol]) await client.leave();
});

test("[DIA6] rooms: what many say in one go is heard by all in one order, short or wide or as long as it may be", async () => {
  const room = await site.room("Crowd");
  const people = await Promise.all(["alice", "bob", "carol"].map((name) => site.enter(room.id, name)));
  await Bun.sleep(50);
  for (const client of people) await client.rest();
  const texts = Array.from(
    { length: 300 },
    (_, nth) => `${nth} ${nth % 7 === 0 ? "é 👩‍👩‍👧" : "x".repeat(nth % 50 === 3 ? 7_000 : 9)}`,
  );
  for (const [nth, content] of texts.entries()) people[nth % 2]?.say({ content });
  const heard: string[][] = [];
  for (const client of people) {
    const frames: string[] = [];
    for (const _ of texts) frames.push(await client.next());
    heard.push(frames);
  }
  expect(heard[1]).toEqual(heard[0] as string[]);
  expect(heard[2]).toEqual(heard[0] as string[]);
  const said = (heard[0] ?? []).map((frame) => JSON.parse(frame));
  for (const who of [0, 1]) {
    const own = said.filter(({ username }) => username === ["alice", "bob"][who]).map(({ content }) => content);
    expect(own).toEqual(texts.filter((_, nth) => nth % 2 === who));
  }
  for (const client of people) await client.leave();
});

test("[DIA65] rooms: blank text and other types are ignored, as they always were", async () => {
  const room = await site.room("Ignored");
  const [alice, bob] = [await site.enter(room.id, "alice"), await site.enter(room.id, "bob")];
  await alice.next();
  const ignored = [
    { type: "message", content: " \n\t\u001c\u0085\u3000" },
    { type: "message", content: "" },
    { type: "message" },
    { type: "join", username: "mallory", content: "mallory joined the room" },
    { type: "users_list", users: [] },
    { type: null, content: "x" },
    { type: 7 },
  ];
  for (const frame of ignored) alice.say(frame);
  alice.say({ type: "message", content: "heard", username: "mallory", id: 1 });
  expect(bare(await alice.next())).toBe(message("alice", "heard"));
  expect(bare(await bob.next())).toBe(message("alice", "heard"));
  expect(await site.messages(room.id)).toHaveLength(1);
  for (const client of [alice, bob]) await client.leave();
});

test("[DIA65] rooms: what is no frame ends its socket with a reason, and the others hear that its person left", async () => {
  const room = await site.room("Nonsense");
  const watcher = await site.enter(room.id, "watcher");
  const nonsense: [string | Uint8Array, number, string][] = [
    ["{not json", 1007, "This is not JSON."],
    ["[]", 1007, "This is not a frame of the protocol."],
    ["null", 1007, "This is not a frame of the protocol."],
    ['"text"', 1007, "This is not a frame of the protocol."],
    ['{"type":"message","content":7}', 1007, "content must be text."],
    ['{"type":"message","content":null}', 1007, "content must be text."],
    ['{"content":{"a":1}}', 1007, "content must be text."],
    ['{"content":"\\ud800"}', 1007, "text: neither lone surrogates nor the character U+0000 can be kept."],
    [new Uint8Array([123, 125]), 1003, "Only text frames are understood."],
  ];
  for (const [frame, code, reason] of nonsense) {
    const client = await site.enter(room.id, "clumsy");
    expect(await watcher.next()).toBe(join("clumsy"));
    client.say(frame);
    expect([frame, await client.end()]).toEqual([frame, { code, reason }]);
    expect(client.heard).toHaveLength(1);
    expect(await watcher.next()).toBe(leave("clumsy"));
  }
  expect(await watcher.rest()).toEqual([]);
  await watcher.leave();
});

test("[DIA65] rooms: text of 8000 code points is said, one more ends the socket with 1009, and nothing after it is said", async () => {
  const room = await site.room("Long");
  const [alice, bob] = [await site.enter(room.id, "alice"), await site.enter(room.id, "bob")];
  await alice.next();
  alice.say({ content: "\u{1F600}".repeat(8_000) });
  expect(bare(await bob.next())).toBe(message("alice", "\u{1F600}".repeat(8_000)));
  alice.say({ content: "before" });
  alice.say({ content: "x".repeat(8_001) });
  alice.say({ content: "after" });
  expect(await alice.end()).toEqual({ code: 1009, reason: "A message has at most 8000 characters." });
  expect(bare(await bob.next())).toBe(message("alice", "before"));
  expect(await bob.next()).toBe(leave("alice"));
  expect(await bob.rest()).toEqual([]);
  expect((await site.messages(room.id)).at(-1)?.content).toBe("before");
  await bob.leave();
});

test("[DIA66] rooms: whoever asks for a room that there is not leaves nothing behind, and a room that comes to be is entered", async () => {
  const token = await heldBy(site.url, "Searcher");
  const next = (await site.room("Newest")).id + 1;
  const early = await OldClient.open(site.address(next, "early bird"));
  expect((await early.end()).code).toBe(4004);
  const found = async () => {
    const headers = { authorization: `Bearer ${token}` };
    const { people } = (await (await fetch(`${site.url}/api/people?query=early`, { headers })).json()) as never;
    return (people as { name: string }[]).map(({ name }) => name);
  };
  expect(await found()).toEqual([]);
  const room = await site.room("Newer");
  expect(room.id).toBe(next);
  await (await site.enter(room.id, "early bird")).leave();
  expect(await found()).toEqual(["early bird"]);
});

test("[DIA67] rooms: without a name, with a bad one or with somebody else's the handshake is refused with 403 and no body", async () => {
  const room = await site.room("Doors");
  const longest = "\u{1F600}".repeat(64);
  await heldBy(site.url, "Frida Falk");
  for (const name of ["", " ", "a\nb", "a\u202eb", `${longest}x`, "Frida Falk", "frida.falk", "FR\u0406DA FALK"]) {
    expect([name, await handshake(site.address(room.id, name))]).toEqual([name, { status: 403, body: "" }]);
  }
  const rooms = `${site.url}/dialects/rooms/ws/chat/${room.id}`;
  expect(await handshake(rooms)).toEqual({ status: 403, body: "" });
  for (const path of [`${rooms}/more?username=a`, `${rooms}/?username=a`, `${site.url}/ws/chat/?username=a`]) {
    expect([path, await handshake(path)]).toEqual([path, { status: 403, body: "" }]);
  }
  for (const name of [longest, "123", " pad ", "a/b"]) await (await site.enter(room.id, name)).leave();
  const client = await OldClient.open(`${rooms}?username=by+prefix&ignored=1`);
  expect(await client.next()).toBe(list("by prefix"));
  await client.leave();
});

test("[DIA67] rooms: whoever proves a held name enters under their unique name, as often as they like", async () => {
  const room = await site.room("Proofs");
  const token = await heldBy(site.url, "Greta Gran");
  const byQuery = await OldClient.open(site.address(room.id, "Greta Gran", token));
  expect(await byQuery.next()).toBe(list("greta.gran"));
  const again = await OldClient.open(site.address(room.id, "greta.gran", token));
  expect(await again.next()).toBe(list("greta.gran", "greta.gran"));
  const header = await handshake(site.address(room.id, "Greta Gran"), { authorization: `Bearer ${token}` });
  expect(header.status).toBe(101);
  for (const [name, proof] of [
    ["somebody", token],
    ["Greta Gran", `${token}x`],
  ] as const) {
    expect((await handshake(site.address(room.id, name, proof))).status).toBe(403);
  }
  for (const client of [byQuery, again]) await client.leave();
});

test("[DIA65] rooms: what is too fast ends its socket with 1009, after what was said before it, and its author comes back", async () => {
  const strict = await RoomsSite.start({ PARLEY_RATE_LIMITS: "on", PARLEY_CONNECTION_RATE: "1", PARLEY_BURST: "4" });
  const room = await strict.room("Hasty");
  const bob = await strict.enter(room.id, "bob");
  const alice = await strict.enter(room.id, "alice");
  await bob.next();
  for (let nth = 0; nth < 7; nth++) alice.say({ content: `line ${nth}` });
  expect(await alice.end()).toEqual({ code: 1009, reason: "This is faster than the limit." });
  for (let nth = 0; nth < 4; nth++) expect(bare(await bob.next())).toBe(message("alice", `line ${nth}`));
  expect(await bob.next()).toBe(leave("alice"));
  expect(await bob.rest()).toEqual([]);
  expect(alice.heard.map(bare).slice(1)).toEqual([0, 1, 2, 3].map((nth) => message("alice", `line ${nth}`)));
  await (await strict.enter(room.id, "alice")).leave();
  await strict.stop();
});
