import { afterAll, beforeAll, expect, test } from "bun:test";
import { handshake, OldClient } from "../kit/old-client.ts";
import { RoomsSite } from "../kit/rooms-site.ts";

// The twelve tests that the document of `rooms` lists, each under its name there.
let site: RoomsSite;

beforeAll(async () => {
  site = await RoomsSite.start();
});
afterAll(() => site.stop());

test("[DIA60] create_room: a room is made with 201, and told with its number and its time", async () => {
  const response = await site.ask("POST", "", { name: "Test Room", description: "is ignored" });
  expect(response.status).toBe(201);
  const room = (await response.json()) as Record<string, unknown>;
  expect(Object.keys(room)).toEqual(["id", "name", "created_at"]);
  expect(room).toMatchObject({ id: expect.any(Number), name: "Test Room" });
  expect(room.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
  expect(Math.abs(Date.parse(`${room.created_at}Z`) - Date.now())).toBeLessThan(60_000);
});

test("[DIA60] create_duplicate_room: a name that a room has is refused with 400", async () => {
  await site.room("Twice");
  const again = await site.ask("POST", "", { name: "Twice" });
  expect([again.status, await again.json()]).toEqual([400, { detail: "Room already exists" }]);
  expect((await site.ask("POST", "", { name: "twice" })).status).toBe(201);
});

test("[DIA61] list_rooms: all rooms, the newest first, with their number", async () => {
  const [one, two] = [await site.room("Room 1"), await site.room("Room 2")];
  const response = await site.ask("GET", "");
  expect(response.status).toBe(200);
  const { rooms, count } = (await response.json()) as { rooms: unknown[]; count: number };
  expect(rooms.slice(0, 2)).toEqual([two, one]);
  expect(count).toBe(rooms.length);
});

test("[DIA61] get_room_messages: an array, empty at first, then all that was said, the oldest first", async () => {
  const room = await site.room("Messages");
  expect(await site.messages(room.id)).toEqual([]);
  const alice = await site.enter(room.id, "alice");
  for (const content of ["one", "two"]) alice.say({ type: "message", content });
  const said = [await alice.json(), await alice.json()];
  expect(await site.messages(room.id)).toEqual(
    said.map(({ type: _, ...rest }) => ({ ...rest, room_id: room.id })) as never,
  );
  await alice.leave();
});

test("[DIA62] delete_room: 204 without a body, and the messages are gone with the room", async () => {
  const room = await site.room("Short-lived");
  const alice = await site.enter(room.id, "alice");
  alice.say({ type: "message", content: "soon gone" });
  await alice.next();
  const response = await site.ask("DELETE", `/${room.id}`);
  expect([response.status, await response.text()]).toEqual([204, ""]);
  const messages = await site.ask("GET", `/${room.id}/messages`);
  expect([messages.status, await messages.json()]).toEqual([404, { detail: "Room not found" }]);
  const { rooms } = (await (await site.ask("GET", "")).json()) as { rooms: { id: number }[] };
  expect(rooms.map(({ id }) => id)).not.toContain(room.id);
});

test("[DIA62] delete_nonexistent_room: 404, for a number that no room has and for what is no number", async () => {
  for (const id of ["99999", "nonexistent", "0", "-1", "1e3", "99999999999999999999"]) {
    const response = await site.ask("DELETE", `/${id}`);
    expect([id, response.status, await response.json()]).toEqual([id, 404, { detail: "Room not found" }]);
  }
});

test("[DIA63] websocket_connection: whoever comes hears first who is here, themselves among them", async () => {
  const room = await site.room("Connection");
  const client = await OldClient.open(site.address(room.id, "testuser"));
  expect(await client.next()).toBe('{"type":"users_list","users":["testuser"]}');
  expect(await client.rest()).toEqual([]);
  await client.leave();
});

test("[DIA64] websocket_message_broadcasting: a message reaches everybody in the room, its sender too", async () => {
  const room = await site.room("Broadcasting");
  const alice = await site.enter(room.id, "alice");
  const bob = await OldClient.open(site.address(room.id, "bob"));
  expect(await bob.next()).toBe('{"type":"users_list","users":["alice","bob"]}');
  expect(await alice.next()).toBe('{"type":"join","username":"bob","content":"bob joined the room","timestamp":null}');
  alice.say({ type: "message", content: "Hello <b>everyone</b>!" });
  const [heard, echo] = [await bob.next(), await alice.next()];
  expect(heard).toBe(echo);
  expect(heard).toMatch(
    /^\{"type":"message","id":\d+,"username":"alice","content":"Hello <b>everyone<\/b>!","timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}"\}$/,
  );
  await alice.leave();
  await bob.leave();
});

test("[DIA64] websocket_typing_indicator: the others hear that somebody is writing, and nobody else", async () => {
  const room = await site.room("Typing");
  const alice = await site.enter(room.id, "alice");
  const bob = await site.enter(room.id, "bob");
  await alice.next();
  alice.say({ type: "typing", is_typing: true });
  expect(await bob.next()).toBe('{"type":"typing","username":"alice"}');
  expect(await alice.rest()).toEqual([]);
  await alice.leave();
  await bob.leave();
});

test("[DIA66] websocket_invalid_room: a room that there is not ends the socket with 4004, and in the end the handshake", async () => {
  const wrong = site.address(99_999, "stranger");
  for (let time = 0; time < 3; time++) {
    const client = await OldClient.open(wrong);
    expect(await client.end()).toEqual({ code: 4004, reason: "Room not found" });
    expect(client.heard).toEqual([]);
  }
  expect(await handshake(wrong)).toEqual({ status: 403, body: "" });
  for (const room of ["nonexistent", "99998"]) {
    const client = await OldClient.open(site.address(room, "stranger"));
    expect(await client.end()).toEqual({ code: 4004, reason: "Room not found" });
  }
});

test("[DIA64] websocket_leave_notification: those who remain hear that somebody left, also without a word", async () => {
  const room = await site.room("Leaving");
  const alice = await site.enter(room.id, "alice");
  for (const leave of [(bob: OldClient) => bob.leave(), (bob: OldClient) => bob.drop()]) {
    const bob = await site.enter(room.id, "bob");
    await alice.next();
    await leave(bob);
    expect(await alice.next()).toBe('{"type":"leave","username":"bob","content":"bob left the room","timestamp":null}');
  }
  await alice.leave();
});

test("[DIA69] message_persistence: rooms and all that was said in them are there after a restart", async () => {
  const room = await site.room("Persistent");
  const alice = await site.enter(room.id, "alice");
  alice.say({ type: "message", content: "Persistent message" });
  const { type: _, ...said } = await alice.json();
  site = await site.again();
  expect(await site.messages(room.id)).toEqual([{ ...said, room_id: room.id } as never]);
  const { rooms } = (await (await site.ask("GET", "")).json()) as { rooms: unknown[] };
  expect(rooms[0]).toEqual(room);
});
