import { afterAll, expect, test } from "bun:test";
import type { Entry } from "@parley/protocol/entries";
import { startRest } from "../kit/rest.ts";

const node = startRest();
afterAll(() => node.inside.stop());

interface Log {
  entries: Entry[];
  to: number;
  head: number;
}

async function read(token: string, conversation: number, query = ""): Promise<Log> {
  const { body } = await node.ask("GET", `/api/conversations/${conversation}/entries${query}`, { token });
  return body;
}

const kinds = ({ entries }: Log) => entries.map(({ seq, kind }) => `${seq} ${kind}`);

async function say(token: string, conversation: number, text: string): Promise<void> {
  const at = `/api/conversations/${conversation}/messages`;
  expect((await node.ask("POST", at, { token, key: crypto.randomUUID(), body: { text } })).status).toBe(201);
}

test("[REST18] the log is read page after page, with everything that the socket tells", async () => {
  const { token } = await node.guest("Ada");
  const room = await node.room(token, "The log");
  await say(token, room, "one");
  await node.ask("PATCH", `/api/conversations/${room}/messages/3`, { token, key: "e", body: { text: "One" } });
  const first = await read(token, room, "?limit=3");
  expect([kinds(first), first.to, first.head]).toEqual([["1 created", "2 joined", "3 message"], 3, 4]);
  const next = await read(token, room, "?after=3");
  expect([kinds(next), next.to, next.head]).toEqual([["4 edited"], 4, 4]);
  expect(await read(token, room, "?after=4")).toEqual({ entries: [], to: 4, head: 4 });
  expect(await node.refusal("GET", `/api/conversations/${room}/entries?wait=21`, { token })).toBe("bad_request");
  expect(await node.refusal("GET", `/api/conversations/${room + 1000}/entries`, { token })).toBe("not_found");
});

test("[REST18] whoever waits is answered with the next entry, and everybody who waits gets it", async () => {
  const [ada, ben] = [await node.guest("Ann"), await node.guest("Bea")];
  const room = await node.room(ada.token, "The queue");
  const waiting = [ada, ben, ben].map(({ token }) => read(token, room, "?after=2&wait=20"));
  await Bun.sleep(50);
  await say(ada.token, room, "at last");
  for (const log of await Promise.all(waiting)) expect([kinds(log), log.to]).toEqual([["3 message"], 3]);
});

test("[REST18] whoever waits in vain is told so when the time is up, or when the server is about to stop", async () => {
  const { token } = await node.guest("Cid");
  const room = await node.room(token, "The desert");
  const began = performance.now();
  expect(await read(token, room, "?after=2&wait=1")).toEqual({ entries: [], to: 2, head: 2 });
  expect(performance.now() - began).toBeGreaterThan(950);
  const waiting = read(token, room, "?after=2&wait=20");
  await Bun.sleep(20);
  node.inside.state.draining = true;
  expect(await waiting).toEqual({ entries: [], to: 2, head: 2 });
  node.inside.state.draining = false;
  expect(performance.now() - began).toBeLessThan(15_000);
});

test("[REST18] a group is read from the time of one's memberships, and whoever is removed while waiting is told", async () => {
  const [ada, ben] = [await node.guest("Dan"), await node.guest("Eve")];
  const asked = { token: ada.token, key: "g", body: { name: "Two", members: [] } };
  const { body } = await node.ask("POST", "/api/groups", asked);
  const group = (body as { conversation: { id: number } }).conversation.id;
  await say(ada.token, group, "without Eve");
  const place = `/api/conversations/${group}/members/${ben.person.id}`;
  await node.ask("PUT", place, { token: ada.token, key: "in" });
  const log = await read(ben.token, group);
  expect(log.entries.map(({ kind }) => kind)).toEqual(["joined"]);
  expect(log.to).toBe(log.head);
  const waiting = node.refusal("GET", `/api/conversations/${group}/entries?after=${log.to}&wait=20`, {
    token: ben.token,
  });
  await Bun.sleep(50);
  await node.ask("DELETE", place, { token: ada.token, key: "out" });
  expect(await waiting).toBe("not_found");
});

test("[REST18] one's inbox says what concerns oneself", async () => {
  const [ada, ben] = [await node.guest("Fay"), await node.guest("Gus")];
  const { body: me } = await node.ask("GET", "/api/me", { token: ben.token });
  const { inbox } = me as { inbox: number };
  const { to } = await read(ben.token, inbox);
  const waiting = read(ben.token, inbox, `?after=${to}&wait=20`);
  await node.ask("POST", "/api/directs", { token: ada.token, key: "d", body: { user: ben.person.id } });
  const [entry] = (await waiting).entries;
  expect(entry).toMatchObject({ kind: "added", body: { conversation: expect.any(Number) } });
  expect(await node.refusal("GET", `/api/conversations/${inbox}/entries`, { token: ada.token })).toBe("not_found");
});

test("[REST19] who is here and who writes is asked over HTTP, and said there", async () => {
  const [ada, ben] = [await node.guest("Hal"), await node.guest("Ida")];
  const room = await node.room(ada.token, "The window");
  const at = `/api/conversations/${room}`;
  const look = async () => (await node.ask("GET", `${at}/presence`, { token: ben.token })).body;
  expect(await look()).toEqual({ count: 0, here: [], writing: [], people: [] } as never);
  const typing = { token: ada.token, body: { active: true } };
  expect((await node.ask("PUT", `${at}/typing`, typing)).body).toEqual({} as never);
  expect(await look()).toMatchObject({ count: 0, writing: [ada.person.id], people: [{ name: "Hal" }] });
  await node.ask("PUT", `${at}/typing`, { ...typing, body: { active: false } });
  expect(await look()).toMatchObject({ writing: [] });
  expect(await node.refusal("PUT", `${at}/typing`, { ...typing, token: ben.token })).toBe("not_member");
});
