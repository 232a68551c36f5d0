import { expect, test } from "bun:test";
import { turn } from "./testing/clock.ts";
import {
  BOB,
  CAROL,
  CAUGHT_UP,
  direct,
  entries,
  greet,
  keptInMemory,
  live,
  ME,
  person,
  ROOM,
  reopened,
  room,
  said,
  welcome,
  world,
} from "./testing/world.ts";

const NOBODY = { token: "" };

test("[SDK24] a new name is held by a secret that is kept before it is sent, and that is the token from then on", async () => {
  const given = world(NOBODY);
  const signedIn = given.client.signIn("Alice");
  given.end.accept();
  expect(given.keep.get("parley.token")).toHaveLength(6);
  await turn();
  const secret = given.keep.get("parley.token") as string;
  expect(given.end.heard).toEqual([{ t: "hello", version: 1, guest: { name: "Alice", secret } }]);
  const again = await reopened(given);
  expect(again.heard).toEqual([{ t: "hello", version: 1, guest: { name: "Alice", secret } }]);
  again.say(welcome());
  expect(await signedIn).toMatchObject({ id: ME, name: "Alice" });
  const third = await reopened(given);
  expect(third.heard).toMatchObject([{ t: "hello", token: secret }]);
});

test("[SDK24] a name that is taken is refused, and another can be tried", async () => {
  const given = world(NOBODY);
  const signedIn = given.client.signIn("Alice");
  given.end.accept();
  given.end.say({ t: "error", code: "name_taken", message: "Somebody has this name." });
  await expect(signedIn).rejects.toMatchObject({ code: "name_taken" });
  expect(given.client.line).toEqual({ is: "signed_out" });
  expect(given.keep.get("parley.token")).toBeNull();
  const second = given.client.signIn("Alicia");
  expect(given.ends.length).toBe(2);
  given.end.accept();
  await turn();
  given.end.say(welcome());
  expect((await second).id).toBe(ME);
  expect(await given.client.signIn()).toBe(given.client.me as never);
});

test("[SDK24] without a name or a token there is nobody to sign in, and nothing to connect", async () => {
  const given = world(NOBODY);
  await expect(given.client.signIn()).rejects.toMatchObject({ code: "not_authenticated" });
  given.client.connect();
  expect(given.ends).toEqual([]);
  expect(given.client.line).toEqual({ is: "signed_out" });
});

test("[SDK24] a token that the server does not know is kept, and what was written for that life is not sent in another", async () => {
  const keep = keptInMemory();
  keep.set("parley.token", "kept-token");
  const given = world({ keep, ...NOBODY });
  given.client.post(ROOM, "for the old one");
  const refused = given.client.signIn();
  given.end.accept();
  given.end.say({ t: "error", code: "bad_token", message: "This token is not known." });
  await expect(refused).rejects.toMatchObject({ code: "bad_token" });
  expect(keep.get("parley.token")).toBe("kept-token");
  const again = given.client.signIn("Alice");
  given.end.accept();
  await turn();
  expect(given.end.heard).toEqual([{ t: "hello", version: 1, guest: { name: "Alice", secret: "kept-token" } }]);
  given.end.say(welcome(), CAUGHT_UP);
  await again;
  await turn();
  expect(given.end.all("post")).toEqual([]);
});

test("[SDK24] signing out forgets token, replica and outbox, and refuses what waits", async () => {
  const given = world();
  await live(given, room());
  const { sent } = given.client.post(ROOM, "a");
  const members = given.client.call("list_members", { conversation: ROOM });
  given.client.signOut();
  await expect(sent).rejects.toMatchObject({ code: "not_authenticated" });
  await expect(members).rejects.toMatchObject({ code: "not_authenticated" });
  expect(given.client.line).toEqual({ is: "signed_out" });
  expect([given.client.me, given.client.conversations().length]).toEqual([null, 0]);
  expect([given.keep.get("parley.token"), given.keep.get("parley.outbox")]).toEqual([null, null]);
});

test("[SDK25] a command is sent again under its key until it is answered, by a lost line or a passing refusal", async () => {
  const given = world();
  const end = await live(given);
  const made = given.client.createRoom({ name: "Garden" });
  await turn();
  const first = end.last("create_room");
  expect(first).toMatchObject({ name: "Garden", key: expect.any(String) });
  end.say({ t: "error", id: first.id, code: "too_fast", message: "", retry_after: 2000 });
  await given.clock.advance(1999);
  expect(end.all("create_room").length).toBe(1);
  await given.clock.advance(1);
  expect(end.all("create_room")).toEqual([first, first]);
  end.close();
  await given.clock.advance(250);
  await greet(given);
  expect(given.end.all("create_room")).toEqual([first]);
  given.end.answer("create_room", { conversation: room({ name: "Garden" }) });
  expect((await made).id).toBe(ROOM);
  expect(given.client.conversations()).toMatchObject([{ name: "Garden" }]);
});

test("[SDK25] a refusal rejects with its code, and an internal error that stays does too", async () => {
  const given = world();
  const end = await live(given);
  const joined = given.client.join(99);
  await turn();
  end.say({ t: "error", id: end.last("join").id, code: "not_found", message: "There is nothing here." });
  await expect(joined).rejects.toMatchObject({ code: "not_found", message: "There is nothing here." });
  const rooms = given.client.call("list_rooms", {});
  rooms.catch(() => {});
  for (let times = 0; times < 6; times++) {
    await turn();
    end.say({ t: "error", id: end.last("list_rooms").id, code: "internal", message: "" });
    await given.clock.advance(20_000);
    end.say({ t: "beat", heads: [] });
  }
  await expect(rooms).rejects.toMatchObject({ code: "internal" });
  expect(end.all("list_rooms").length).toBe(6);
});

test("[SDK25] leaving a room drops it", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  const left = given.client.leave(ROOM);
  await turn();
  end.answer("leave", { conversation: ROOM, seq: 5, entry: 1 });
  await left;
  expect(given.client.conversations()).toEqual([]);
});

test("[SDK26] people who are not known yet are asked for together, once a turn and once each", async () => {
  const given = world();
  const end = await live(given, direct());
  expect(given.client.person(BOB)?.name).toBe("Bob");
  const unknown = [CAROL, CAROL + 1];
  for (const id of [...unknown, ...unknown]) expect(given.client.person(id)).toBeUndefined();
  await turn();
  expect(end.all("people")).toMatchObject([{ ids: unknown }]);
  end.answer("people", { people: [person(CAROL, "Carol")] });
  await turn();
  expect(given.client.person(CAROL)?.name).toBe("Carol");
  expect(given.client.person(CAROL + 1)).toBeUndefined();
  await turn();
  expect(end.all("people").length).toBe(1);
});

test("[SDK27] subscribers are told once a turn, whatever happened in it", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  let told = 0;
  const unsubscribe = given.client.subscribe(() => told++);
  end.say(entries(ROOM, said(5), said(6)), entries(ROOM, said(7)));
  given.client.post(ROOM, "a");
  expect(told).toBe(0);
  await turn();
  expect(told).toBe(1);
  unsubscribe();
  end.say(entries(ROOM, said(8)));
  await turn();
  expect(told).toBe(1);
});

test("[SDK27] a view is the same object until something in it changed", async () => {
  const given = world();
  const { client } = given;
  const end = await live(given, room({ head: 4 }), room({ id: 8, head: 4 }));
  const views = () => [client.conversations(), client.conversation(ROOM), client.timeline(ROOM), client.line];
  const before = views();
  end.say(entries(ROOM, said(3)), { t: "beat", heads: [] });
  expect(views()).toEqual(before);
  for (const [at, view] of views().entries()) expect(view).toBe(before[at] as never);
  const other = client.conversation(8);
  const rows = client.timeline(ROOM).rows;
  end.say({ t: "presence", conversation: ROOM, count: 2, here: [ME, BOB] });
  expect(client.conversation(ROOM)).not.toBe(before[1] as never);
  expect(client.timeline(ROOM)).toBe(before[2] as never);
  expect(client.conversation(8)).toBe(other as never);
  client.post(ROOM, "a");
  expect(client.timeline(ROOM)).not.toBe(before[2] as never);
  expect(client.timeline(ROOM).rows).toBe(rows);
  expect(Object.isFrozen(client.timeline(ROOM))).toBe(true);
});

test("[SDK36] conversations are listed by their newest entry, also those of which nothing is held yet", async () => {
  const given = world();
  const end = await live(given, room({ id: 1, latest: 7 }), room({ id: 2, latest: 9 }), room({ id: 3, latest: 8 }));
  const listed = () => given.client.conversations().map(({ id }) => id);
  expect(listed()).toEqual([2, 3, 1]);
  end.say(entries(1, said(1)));
  expect(listed()).toEqual([1, 2, 3]);
  const lost = { t: "resync", conversation: 3, have: 0, from: 9, head: 8, check: 5, reset: false } as const;
  end.say(lost, entries(3, said(9)));
  await turn();
  expect(listed()).toEqual([3, 1, 2]);
  end.answer("follow", { conversation: room({ id: 3, head: 10, latest: 5000 }) });
  expect(given.client.conversation(3)).toMatchObject({ latest: 5000 });
});

test("[SDK28] what is on the screen is said whole: once for each change, and again on every new line", async () => {
  const given = world();
  const end = await live(given, room(), room({ id: 8 }));
  given.client.look([ROOM]);
  given.client.look([ROOM, 8]);
  await turn();
  given.client.look([8, ROOM]);
  await turn();
  expect(end.all("look").map(({ conversations }) => conversations)).toEqual([[ROOM, 8]]);
  const again = await reopened(given);
  again.say(welcome());
  await turn();
  expect(again.all("look").map(({ conversations }) => conversations)).toEqual([[ROOM, 8]]);
  again.say({ t: "presence", conversation: 8, count: 1, here: [BOB] });
  expect(given.client.conversation(8)?.here).toEqual({ count: 1, people: [BOB] });
  given.client.look([ROOM]);
  expect(given.client.conversation(8)?.here).toEqual({ count: 0, people: null });
});

test("[SDK28] writing is said at most every three seconds, and taken back once", async () => {
  const given = world();
  const end = await live(given, room());
  const said = () => end.all("typing").map(({ active }) => active);
  given.client.typing(ROOM, false);
  given.client.typing(ROOM, true);
  given.client.typing(ROOM, true);
  await given.clock.advance(2999);
  given.client.typing(ROOM, true);
  await turn();
  expect(said()).toEqual([true]);
  await given.clock.advance(1);
  given.client.typing(ROOM, true);
  given.client.typing(ROOM, false);
  given.client.typing(ROOM, false);
  await turn();
  expect(said()).toEqual([true, true, false]);
});

test("[SDK28] who writes is shown until their message comes, and oneself never", async () => {
  const given = world();
  const end = await live(given, room());
  const typing = () => given.client.conversation(ROOM)?.typing;
  end.say({ t: "typing", conversation: ROOM, count: 3, users: [BOB, ME, CAROL] });
  expect(typing()).toEqual([BOB, CAROL]);
  end.say(entries(ROOM, said(1)));
  expect(typing()).toEqual([CAROL]);
  end.close();
  expect(typing()).toEqual([]);
});

test("[SDK28] only what is held is looked at, and what comes to be held is looked at then", async () => {
  const given = world();
  const end = await live(given, room());
  given.client.look([ROOM, 8]);
  await turn();
  end.say({ t: "conversation", conversation: room({ id: 8 }), people: [] });
  await turn();
  expect(end.all("look").map(({ conversations }) => conversations)).toEqual([[ROOM], [ROOM, 8]]);
});

test("[SDK14] a room that was only looked into is dropped when it is not followed any more", async () => {
  const given = world();
  const end = await live(given, room({ role: null }), room({ id: 8 }));
  for (const conversation of [ROOM, 8]) {
    const done = given.client.call("unfollow", { conversation });
    await turn();
    end.answer("unfollow", {});
    await done;
  }
  expect([given.client.conversation(ROOM), given.client.conversation(8)?.id]).toEqual([undefined, 8]);
});

test("[SDK24] where the server says that this is somebody else, nothing of the former person stays", async () => {
  const given = world();
  await live(given, room());
  given.client.post(ROOM, "as Alice");
  const end = await reopened(given);
  end.say({ ...welcome(), you: person(ME + 7, "Dave") }, CAUGHT_UP);
  await turn();
  expect(given.client.me?.name).toBe("Dave");
  expect(given.client.conversations()).toEqual([]);
  expect(end.all("post")).toEqual([]);
});
