import { afterAll, beforeAll, expect, test } from "bun:test";
import { heldBy, native } from "../kit/natives.ts";
import { OldClient } from "../kit/old-client.ts";
import { type OldMessage, type OldRoom, RoomsSite } from "../kit/rooms-site.ts";

let site: RoomsSite;

beforeAll(async () => {
  site = await RoomsSite.start();
});
afterAll(() => site.stop());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** The status of an answer, and where a body was faulty, what was wrong where. */
async function faults(response: Response): Promise<[number, string?, string?]> {
  const body = (await response.json()) as { detail: { type: string; loc: string[]; msg: string }[] };
  const [first] = Array.isArray(body.detail) ? body.detail : [];
  return first ? [response.status, first.type, first.loc.join(".")] : [response.status];
}

test("[DIA60] rooms: a name has 1 to 100 code points and is kept as it was given, blank or not", async () => {
  const names = ["   ", "  padded ", "\u{1F600}".repeat(100), "<b>bold</b>", "général ☕", "x"];
  for (const name of names) {
    const room = await site.room(name);
    expect(room.name).toBe(name);
    const { rooms } = (await (await site.ask("GET", "")).json()) as { rooms: OldRoom[] };
    expect(rooms[0]).toEqual(room);
    expect((await site.ask("POST", "", { name })).status).toBe(400);
  }
});

test("[DIA60] rooms: what makes no room is refused with 422, and told where it is wrong", async () => {
  const bodies: [unknown, string, string][] = [
    [{}, "invalid_type", "body.name"],
    [{ name: null }, "invalid_type", "body.name"],
    [{ name: 7 }, "invalid_type", "body.name"],
    [[], "invalid_type", "body"],
    ["null", "invalid_type", "body"],
    ["", "json_invalid", "body"],
    ["{not json", "json_invalid", "body"],
    [{ name: "" }, "bad_name", "body.name"],
    [{ name: "x".repeat(101) }, "bad_name", "body.name"],
    [{ name: "a\nb" }, "bad_name", "body.name"],
    [{ name: "a\u202eb" }, "bad_name", "body.name"],
    ['{"name":"\\ud800"}', "bad_name", "body.name"],
  ];
  for (const [body, type, where] of bodies) {
    expect([body, await faults(await site.ask("POST", "", body))]).toEqual([body, [422, type, where]]);
  }
  const asText = await site.ask("POST", "", { name: "As text" }, { "content-type": "text/plain" });
  expect(await faults(asText)).toEqual([422, "json_type", "body"]);
  const large = await site.ask("POST", "", { name: "x", description: "y".repeat(128 * 1024) });
  expect([large.status, await large.json()]).toEqual([413, { detail: "A body has at most 131072 bytes." }]);
});

test("[DIA61] rooms: the messages of a long history are all there, the oldest first, as they are now", async () => {
  const ida = await native(site.url, "Ida Lund");
  const room = await ida.createRoom({ name: "Long history" });
  const receipts = await Promise.all(Array.from({ length: 250 }, (_, nth) => ida.post(room.id, `line ${nth}`).sent));
  await ida.edit(room.id, receipts[7]?.seq ?? 0, "line 7, mended");
  await ida.delete(room.id, receipts[8]?.seq ?? 0);
  const messages = await site.messages(room.id);
  const expected = receipts.map((_, nth) => (nth === 7 ? "line 7, mended" : `line ${nth}`));
  expect(messages.map(({ content }) => content)).toEqual(expected.filter((_, nth) => nth !== 8));
  expect(messages.map(({ id }) => id)).toEqual(messages.map(({ id }) => id).sort((a, b) => a - b));
  expect(messages[0]).toEqual({
    ...{ id: expect.any(Number), room_id: room.id, username: "ida.lund", content: "line 0" },
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
  });
  ida.disconnect();
});

test("[DIA61] rooms: a history of a hundred, of more and of nothing but comings is one array", async () => {
  for (const count of [0, 99, 100, 101]) {
    const ida = await native(site.url, `Ida ${count}`);
    const room = await ida.createRoom({ name: `Just ${count}` });
    await Promise.all(Array.from({ length: count }, (_, nth) => ida.post(room.id, `${nth}`).sent));
    const contents = (await site.messages(room.id)).map(({ content }) => Number(content));
    expect(contents).toEqual(Array.from({ length: count }, (_, nth) => nth));
    ida.disconnect();
  }
});

test("[DIA62] rooms: the sockets of a room are closed with 1000 when its deletion is answered, and hear nothing more", async () => {
  const room = await site.room("Doomed");
  const clients = [await site.enter(room.id, "alice"), await site.enter(room.id, "bob")];
  const other = await site.enter((await site.room("Spared")).id, "carol");
  for (const client of clients) await client.rest();
  expect((await site.ask("DELETE", `/${room.id}`)).status).toBe(204);
  for (const client of clients) {
    expect(await client.end()).toEqual({ code: 1000, reason: "Room deleted" });
    expect(await client.rest()).toEqual([]);
  }
  expect((await site.ask("DELETE", `/${room.id}`)).status).toBe(404);
  expect(await (await OldClient.open(site.address(room.id, "alice"))).end()).toMatchObject({ code: 4004 });
  expect([other.closed, await other.rest()]).toEqual([null, []]);
  expect((await site.room("Doomed")).id).toBeGreaterThan(room.id);
  await other.leave();
});

test("[DIA72] rooms: a room made without proof belongs to nobody until somebody who is not open posts in it", async () => {
  const token = await heldBy(site.url, "Greta Gran");
  const room = await site.room("Nobody's");
  const open = await site.enter(room.id, "alice");
  open.say({ content: "still nobody's" });
  await open.next();
  const greta = await site.enter(room.id, "greta.gran", token);
  await open.next();
  greta.say({ content: "mine now" });
  await open.next();
  const refused = await site.ask("DELETE", `/${room.id}`);
  expect([refused.status, await refused.json()]).toEqual([
    403,
    { detail: "Only whoever owns this room may delete it." },
  ]);
  const other = await heldBy(site.url, "Hedda Holm");
  expect((await site.ask("DELETE", `/${room.id}`, undefined, bearer(other))).status).toBe(403);
  expect((await site.messages(room.id)).map(({ content }) => content)).toEqual(["still nobody's", "mine now"]);
  expect((await site.ask("DELETE", `/${room.id}?token=${token}`)).status).toBe(204);
  for (const client of [open, greta]) expect((await client.end()).code).toBe(1000);
});

test("[DIA72] rooms: a room made with proof is its maker's, and a wrong proof is refused with 401", async () => {
  const token = await heldBy(site.url, "Ivar Ek");
  const room = await site.room("Ivar's", token);
  expect((await site.ask("DELETE", `/${room.id}`)).status).toBe(403);
  expect((await site.ask("DELETE", `/${room.id}`, undefined, bearer(token))).status).toBe(204);
  for (const [method, path] of [
    ["GET", ""],
    ["POST", ""],
    ["GET", `/${room.id}/messages`],
  ] as const) {
    const answer = await site.ask(method, path, method === "POST" ? { name: "No" } : undefined, bearer(`${token}x`));
    expect([answer.status, await answer.json()]).toEqual([401, { detail: "This token is not known." }]);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  }
});

test("[DIA73] rooms: its paths answer their methods alone, one slash too many leads on, and its own prefix is the same", async () => {
  const room = await site.room("Paths");
  const allowed: [string, string, string][] = [
    ["GET", `/${room.id}`, "DELETE"],
    ["POST", `/${room.id}/messages`, "GET"],
    ["DELETE", `/${room.id}/messages`, "GET"],
    ["PUT", "", "GET, POST"],
  ];
  for (const [method, path, allow] of allowed) {
    const answer = await site.ask(method, path);
    expect([path, answer.status, answer.headers.get("allow"), await answer.json()]).toEqual([
      ...[path, 405, allow],
      { detail: "Method Not Allowed" },
    ]);
  }
  const slash = await site.ask("GET", "/?x=1");
  expect([slash.status, slash.headers.get("location")]).toEqual([307, "/api/chat/rooms?x=1"]);
  const head = await site.ask("HEAD", "");
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const prefixed = await fetch(`${site.url}/dialects/rooms/api/chat/rooms`);
  expect(await prefixed.json()).toEqual((await (await site.ask("GET", "")).json()) as never);
  for (const path of ["/api/chat", "/api/chat/room", "/api/chat/rooms/1/messages/2", "/api/chat/rooms/1/users"]) {
    expect([path, (await fetch(site.url + path)).status]).toEqual([path, 404]);
    const answer = await fetch(`${site.url}/dialects/rooms${path}`);
    expect([answer.status, await answer.json()]).toEqual([404, { detail: "Not Found" }]);
  }
});

test("[DIA4] pages of any other site may call a dialect over HTTP, with a token by hand and never with credentials", async () => {
  const origin = "https://chat.example.org";
  const answer = await site.ask("GET", "", undefined, { origin });
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  const preflight = await site.ask("OPTIONS", "/1", undefined, {
    ...{ origin, "access-control-request-method": "DELETE", "access-control-request-headers": "authorization,x-mine" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  expect(preflight.headers.get("access-control-allow-methods")).toContain("DELETE");
  expect(preflight.headers.get("access-control-allow-headers")).toBe("*, Authorization");
  for (const path of ["/nonexistent/messages", "/1e9"]) {
    const refused = await site.ask("GET", path, undefined, { origin });
    expect(refused.headers.get("access-control-allow-origin")).toBe("*");
  }
});

test("[DIA4] where CORS_ORIGINS names sites, only their pages may call a dialect over HTTP", async () => {
  const strict = await RoomsSite.start({ CORS_ORIGINS: "https://chat.example.org" });
  for (const [origin, allowed] of [
    ["https://chat.example.org", "https://chat.example.org"],
    ["https://evil.example.org", null],
  ] as const) {
    const answer = await strict.ask("GET", "", undefined, { origin });
    expect([origin, answer.headers.get("access-control-allow-origin")]).toEqual([origin, allowed]);
    expect(answer.headers.get("vary")).toContain("Origin");
  }
  await strict.stop();
});

test("[DIA61] rooms: while a room is written to, each of its messages is read once and in order", async () => {
  const room = await site.room("Busy");
  const alice = await site.enter(room.id, "alice");
  let writing = true;
  const writer = (async () => {
    for (let nth = 0; writing && nth < 90; nth++) {
      alice.say({ content: `${nth}` });
      if (nth % 5 === 0) await Bun.sleep(1);
    }
  })();
  const read: OldMessage[][] = [];
  for (let times = 0; times < 20; times++) read.push(await site.messages(room.id));
  writing = false;
  await writer;
  for (const messages of read) {
    expect(messages.map(({ content }) => Number(content))).toEqual(messages.map((_, nth) => nth));
  }
  const lengths = read.map(({ length }) => length);
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  expect(lengths.at(-1)).toBeGreaterThan(0);
  await alice.leave();
});
