import { afterAll, beforeAll, expect, test } from "bun:test";
import { isDelivered, native, said } from "../kit/natives.ts";
import { handshake, OldClient } from "../kit/old-client.ts";
import { until } from "../kit/replicas.ts";
import { RoomsSite } from "../kit/rooms-site.ts";

let site: RoomsSite;

beforeAll(async () => {
  site = await RoomsSite.start({ PARLEY_LINGER_MS: "100" });
});
afterAll(() => site.stop());

const list = (...users: string[]) => `{"type":"users_list","users":${JSON.stringify(users)}}`;
const move = (type: "join" | "leave", name: string) => ({
  ...{ type, username: name, content: `${name} ${type === "join" ? "joined" : "left"} the room`, timestamp: null },
});

test("[DIA68] rooms: people with Parley's own client and old clients see each other come, write and go", async () => {
  const { id } = await site.room("Both ways");
  const alice = await site.enter(id, "alice <i>");
  const ida = await native(site.url, "Ida Lund");
  await ida.join(id);
  expect(await alice.json()).toEqual(move("join", "ida.lund"));
  ida.look([id]);
  await until(ida, () => ida.conversation(id)?.here.count === 2);
  const here = () => ida.conversation(id)?.here.people?.map((user) => ida.person(user)?.name) ?? [];
  await until(ida, () => here().sort().join() === "Ida Lund,alice <i>");

  ida.typing(id, true);
  expect(await alice.next()).toBe('{"type":"typing","username":"ida.lund"}');
  const { seq } = await ida.post(id, "seen by both").sent;
  expect(await alice.json()).toMatchObject({ type: "message", username: "ida.lund", content: "seen by both" });
  alice.say({ type: "typing" });
  await until(ida, () => ida.conversation(id)?.typing.length === 1);
  alice.say({ type: "message", content: "and back" });
  expect(await alice.json()).toMatchObject({ username: "alice <i>", content: "and back" });
  await until(ida, () => said(ida, id).includes("alice <i>: and back"));
  await until(ida, () => ida.conversation(id)?.typing.length === 0);
  expect(said(ida, id)).toEqual(["Ida Lund: seen by both", "alice <i>: and back"]);

  const bob = await OldClient.open(site.address(id, "bob"));
  expect(await bob.next()).toBe(list("alice <i>", "ida.lund", "bob"));
  expect(await alice.json()).toEqual(move("join", "bob"));
  await until(ida, () => ida.conversation(id)?.here.count === 3);
  ida.markRead(id, seq + 1);
  await bob.leave();
  await alice.json();
  for (const one of [seq, seq + 1]) await isDelivered(ida, id, one);
  ida.disconnect();
  expect(await alice.json()).toEqual(move("leave", "ida.lund"));
  await alice.leave();
}, 20_000);

test("[DIA68] rooms: a message of an old client has its receipts, as any other", async () => {
  const { id } = await site.room("Receipts");
  const [ida, jon] = [await native(site.url, "Ida Two"), await native(site.url, "Jon Two")];
  for (const client of [ida, jon]) await client.join(id);
  const alice = await site.enter(id, "alice");
  alice.say({ content: "who has read this?" });
  await until(ida, () => said(ida, id).length === 1);
  const seq = ida.conversation(id)?.head ?? 0;
  ida.markRead(id, seq);
  for (let tries = 0; ; tries++) {
    const { others, delivered, read } = await jon.call("receipts", { conversation: id, seq });
    if (delivered > 0 && read === 1) break;
    if (tries === 100) throw new Error(`Of ${others} others ${delivered} have it and ${read} read it.`);
    await Bun.sleep(50);
  }
  for (const client of [ida, jon]) client.disconnect();
  await alice.leave();
});

test("[DIA70] rooms: a room that its owner deletes ends its sockets with 1000, and nobody is said to leave it", async () => {
  const ida = await native(site.url, "Ida Three");
  const room = await ida.createRoom({ name: "Ida's own" });
  const jon = await native(site.url, "Jon Three");
  await jon.join(room.id);
  const names = ["alice", "bob", "alice"];
  const old = await Promise.all(names.map((name) => site.enter(room.id, name)));
  ida.post(room.id, "last words");
  await until(jon, () => said(jon, room.id).length === 1);
  await ida.call("delete_room", { conversation: room.id });
  for (const client of old) {
    expect(await client.end()).toEqual({ code: 1000, reason: "Room deleted" });
    const types = (await client.rest()).map((frame) => JSON.parse(frame).type);
    expect(types.filter((type) => type !== "join")).toEqual(["message"]);
  }
  const late = await OldClient.open(site.address(room.id, "late"));
  expect(await late.end()).toEqual({ code: 4004, reason: "Room not found" });
  expect((await site.ask("GET", `/${room.id}/messages`)).status).toBe(404);
  for (const client of [ida, jon]) client.disconnect();
});

test("[DIA70] rooms: whom a room's owner removes is told so with 1008, and the others that they left", async () => {
  const ida = await native(site.url, "Ida Four");
  const room = await ida.createRoom({ name: "Order" });
  const [alice, bob] = [await site.enter(room.id, "annoying"), await site.enter(room.id, "calm")];
  const { members, people } = await ida.call("list_members", { conversation: room.id });
  const annoying = people.find(({ name }) => name === "annoying")?.id ?? 0;
  expect(members.map(({ user }) => user)).toContain(annoying);
  await ida.call("remove_member", { conversation: room.id, user: annoying });
  expect(await alice.end()).toEqual({ code: 1008, reason: "Removed" });
  expect(await bob.json()).toEqual(move("leave", "annoying"));
  expect(await bob.rest()).toEqual([]);
  ida.disconnect();
  await bob.leave();
});

test("[DIA71] rooms: a private room is in no list and not there for anybody who does not prove that they are in it", async () => {
  const ida = await native(site.url, "Ida Five");
  const room = await ida.createRoom({ name: "Secret", visibility: "private" });
  await ida.post(room.id, "between us").sent;
  const direct = await ida.openDirect(ida.me?.id ?? 0);
  const { token: stranger } = await guest("Stranger");
  for (const proof of [undefined, stranger]) {
    const headers: Record<string, string> = proof ? { authorization: `Bearer ${proof}` } : {};
    const listed = (await (await site.ask("GET", "", undefined, headers)).json()) as { rooms: { name: string }[] };
    expect(listed.rooms.map(({ name }) => name)).not.toContain("Secret");
    for (const id of [room.id, direct.id]) {
      expect((await site.ask("GET", `/${id}/messages`, undefined, headers)).status).toBe(404);
      expect((await site.ask("DELETE", `/${id}`, undefined, headers)).status).toBe(404);
      const client = await OldClient.open(site.address(id, proof ? "Stranger" : "alice", proof));
      expect(await client.end()).toEqual({ code: 4004, reason: "Room not found" });
    }
  }
  expect((await site.ask("POST", "", { name: "Secret" })).status).toBe(201);
  ida.disconnect();
});

test("[DIA71] rooms: a member of a private room who proves it reaches it by its number, and nothing else that is theirs", async () => {
  const { token, person } = await guest("Ida Six");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const make = async (path: string, more: object) => {
    const body = JSON.stringify({ key: crypto.randomUUID(), ...more });
    const answer = await fetch(`${site.url}/api/${path}`, { method: "POST", headers, body });
    return ((await answer.json()) as { conversation: { id: number } }).conversation.id;
  };
  const room = await make("rooms", { name: "Ours", visibility: "private" });
  const client = await OldClient.open(site.address(room, "Ida Six", token));
  expect(await client.next()).toBe(list("ida.six"));
  client.say({ content: "just me" });
  expect(await client.json()).toMatchObject({ username: "ida.six", content: "just me" });
  const messages = await site.ask("GET", `/${room}/messages`, undefined, headers);
  expect(await messages.json()).toMatchObject([{ room_id: room, username: "ida.six", content: "just me" }]);
  const direct = await make("directs", { user: person.id });
  const other = await OldClient.open(site.address(direct, "Ida Six", token));
  expect(await other.end()).toEqual({ code: 4004, reason: "Room not found" });
  expect((await site.ask("GET", `/${direct}/messages`, undefined, headers)).status).toBe(404);
  expect((await site.ask("DELETE", `/${direct}`, undefined, headers)).status).toBe(404);
  expect((await site.ask("DELETE", `/${room}`, undefined, headers)).status).toBe(204);
  expect((await client.end()).code).toBe(1000);
  expect((await handshake(site.address(room, "Ida Six", "x".repeat(43)))).status).toBe(403);
});

async function guest(name: string): Promise<{ token: string; person: { id: number } }> {
  const body = JSON.stringify({ name });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${site.url}/api/guests`, { method: "POST", headers, body });
  return (await answer.json()) as { token: string; person: { id: number } };
}
