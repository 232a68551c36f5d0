import { beforeAll, expect, test } from "bun:test";
import { heldBy } from "../kit/natives.ts";
import { OldClient } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";

const parley = new OneParley();
/** Of the server's owner. */
let token = "";

beforeAll(async () => {
  token = await heldBy(parley.url, "Owner");
  await ask("POST", "/api/owner", { secret: await parley.said(/#owner=(\S+)/) });
});

async function ask<T = object>(method: string, path: string, body?: object): Promise<T> {
  const key = { "idempotency-key": crypto.randomUUID(), "content-type": "application/json" };
  const headers = { authorization: `Bearer ${token}`, ...key };
  const answer = await fetch(parley.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function roomCalled(name: string): Promise<number> {
  const { rooms } = await ask<{ rooms: { id: number; name: string }[] }>("GET", `/api/rooms?query=${name}`);
  return rooms.find((room) => room.name === name)?.id ?? 0;
}

async function memberCalled(room: number, name: string): Promise<number> {
  const { people } = await ask<{ people: { id: number; name: string }[] }>("GET", `/api/conversations/${room}/members`);
  return people.find((person) => person.name === name)?.id ?? 0;
}

interface Ways {
  path: string;
  room: string;
  /** What the others hear of somebody who went. */
  left: RegExp;
  removed: { code: number; reason: string };
}

/** Two people are in a dialect's room: one is removed, then the room ends, and both come back. */
async function seeEnds({ path, room: name, left, removed }: Ways): Promise<void> {
  const enter = async (who: string) => {
    const client = await OldClient.open(`${parley.url}/dialects/${path}/${who}`);
    await client.next();
    return client;
  };
  const [amy, bob] = [await enter("amy"), await enter("bob")];
  await amy.next();
  const room = await roomCalled(name);
  await ask("DELETE", `/api/conversations/${room}/members/${await memberCalled(room, "bob")}`);
  expect(await bob.end()).toEqual(removed);
  expect(await amy.next()).toMatch(left);
  const back = await enter("bob");
  expect(await amy.next()).toContain("bob");
  await ask("DELETE", `/api/conversations/${room}`);
  for (const client of [amy, back]) expect(await client.end()).toEqual({ code: 1001, reason: "Room deleted" });
  const [again, other] = [await enter("amy"), await enter("bob")];
  expect(await again.next()).toContain("bob");
  expect(await roomCalled(name)).toBeGreaterThan(room);
  for (const client of [again, other]) await client.leave();
}

test("[DIA24] plain: whoever is removed is closed with 1008 and leaves; a deleted room closes with 1001, and the next one is a new one", () =>
  seeEnds({
    path: "plain/ws",
    room: "plain",
    left: /^System: bob has left the chat$/,
    removed: { code: 1008, reason: "Removed" },
  }));

test("[DIA39] messenger: whoever is removed is closed with 1000 and leaves; a deleted room closes with 1001, and the next one is a new one", () =>
  seeEnds({
    path: "messenger/ws/chat",
    room: "messenger",
    left: /"text":"bob left the chat"/,
    removed: { code: 1000, reason: "Removed" },
  }));

test("[DIA50] broadcast: whoever is removed is closed with 1008 and leaves; a deleted room closes with 1001, and the next one is a new one", () =>
  seeEnds({
    path: "broadcast/ws",
    room: "main",
    left: /"message":"bob left the chat"/,
    removed: { code: 1008, reason: "Removed" },
  }));
