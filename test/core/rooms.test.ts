import { expect, test } from "bun:test";
import { memoryStore } from "@parley/server/store/memory/memory";
import { Stage } from "../kit/stage.ts";

const codeOf = (done: Promise<unknown>) => done.then(() => "done").catch((error) => error.code);

test("[HOME2] the house is the same person for every node of a store, also when two ask at once", async () => {
  const store = memoryStore();
  const [one, two] = [new Stage({ store }), new Stage({ store })];
  const ada = await one.person("Ada");
  const found = await Promise.all([one.chat.house(), two.chat.house(), one.chat.house()]);
  expect(new Set(found.map(({ id }) => id)).size).toBe(1);
  expect(found[0]).toMatchObject({ name: "Parley", handle: "parley", kind: "bot" });
  const { people } = await one.chat.run({ user: ada }, "find_people", { query: "parley" });
  expect(people).toEqual([]);
  const known = await one.chat.run({ user: ada }, "people", { ids: [found[0].id] });
  expect(known.people).toMatchObject([{ name: "Parley", kind: "bot" }]);
});

test("[HOME3] a home room is one ordinary public room, whoever asks for it and however many at once", async () => {
  const store = memoryStore();
  const [one, two] = [new Stage({ store }), new Stage({ store })];
  const asked = [one, two, one, two].map((stage) => stage.chat.rooms.home("messenger"));
  const [id = 0, ...others] = await Promise.all(asked);
  expect(others).toEqual([id, id, id]);
  expect(await one.chat.rooms.home("main")).not.toBe(id);
  const house = await one.chat.house();
  expect(await store.conversation(id)).toMatchObject({
    ...{ kind: "room", visibility: "public", name: "messenger", owner: house.id, members: 0 },
  });
  const ada = await one.person("Ada");
  const { conversation } = await one.chat.run({ user: ada }, "join", { key: "j", conversation: id });
  expect(conversation).toMatchObject({ role: "member", members: 1, owner: house.id });
});

test("[HOME3] a home room is found again after it was renamed and after a restart, and made anew once it was deleted", async () => {
  const store = memoryStore();
  const stage = new Stage({ store });
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  await store.offerOwnership("hash:secret");
  await stage.chat.people.claimServer({ user: ada }, "secret");
  const [owner = ada] = await store.users([ada.id]);
  const id = await stage.chat.rooms.home("main");
  const rename = (user: typeof ada, key: string) =>
    codeOf(stage.chat.run({ user }, "rename", { key, conversation: id, name: "Lobby" }));
  await stage.chat.run({ user: ben }, "join", { key: "j", conversation: id });
  expect(await rename(ben, "r")).toBe("forbidden");
  expect(await codeOf(stage.chat.rooms.close(id, { user: ben }))).toBe("forbidden");
  expect(await codeOf(stage.chat.rooms.close(id, null))).toBe("not_member");
  expect(await rename(owner, "r")).toBe("done");
  expect(await stage.chat.rooms.home("main")).toBe(id);
  expect(await new Stage({ store }).chat.rooms.home("main")).toBe(id);

  await stage.chat.rooms.close(id, { user: owner });
  const again = await stage.chat.rooms.home("main");
  expect(again).toBeGreaterThan(id);
  expect(await store.conversation(again)).toMatchObject({ name: "main", closed: false });
  expect(await new Stage({ store }).chat.rooms.home("main")).toBe(again);
});

test("[HOME4] a room is found by its exact name, and none is opened that a public one is called already", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada");
  const { rooms } = stage.chat;
  const made = await rooms.open("Kitchen", null);
  expect(made).toMatchObject({ name: "Kitchen", visibility: "public", owner: null, members: 0 });
  expect(await rooms.named("Kitchen")).toEqual(made);
  expect([await rooms.named("kitchen"), await rooms.named("Kitchen ")]).toEqual([null, null]);
  expect(await codeOf(rooms.open("Kitchen", ada))).toBe("name_taken");
  const own = await rooms.open("kitchen", ada);
  expect(own).toMatchObject({ owner: ada.id, members: 1 });
  expect((await stage.store.member(own.id, ada.id))?.role).toBe("owner");

  await stage.chat.run({ user: ada }, "rename", { key: "r", conversation: own.id, name: "Cellar" });
  expect(await rooms.named("Cellar")).toMatchObject({ id: own.id });
  expect(await codeOf(rooms.open("kitchen", ada))).toBe("done");
  expect(await codeOf(rooms.open("Cellar", null))).toBe("name_taken");
  await rooms.close(own.id, { user: ada });
  expect(await rooms.named("Cellar")).toBeNull();
  expect(await codeOf(rooms.open("Cellar", null))).toBe("done");
});

test("[HOME4] of two who open rooms of one name at once, one is refused; the same key opens the same room", async () => {
  const shared = memoryStore();
  const [one, two] = [new Stage({ store: shared }), new Stage({ store: shared })];
  const done = await Promise.allSettled([one.chat.rooms.open("Hall", null), two.chat.rooms.open("Hall", null)]);
  expect(done.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await codeOf(one.chat.rooms.open("Hall", null))).toBe("name_taken");
  const first = await one.chat.rooms.open("Attic", null, "k1");
  expect((await two.chat.rooms.open("Attic", null, "k1")).id).toBe(first.id);
  expect(await codeOf(one.chat.rooms.open("Roof", null, "k1"))).toBe("key_reused");
  const ada = await one.person("Ada");
  const make = () => one.chat.run({ user: ada }, "create_room", { key: one.key(), name: "Hall" });
  expect(await codeOf(make())).toBe("done");
  expect((await one.chat.rooms.named("Hall"))?.owner).toBeNull();
});

test("[HOME4] the name of an opened room is kept to the last space, up to 100 characters", async () => {
  const { rooms } = new Stage().chat;
  for (const name of ["   ", " Attic ", "é", "e\u0301", "😀".repeat(100)]) {
    expect((await rooms.open(name, null)).name).toBe(name);
    expect((await rooms.named(name))?.name).toBe(name);
  }
  for (const name of ["", "😀".repeat(101), "a\nb", "a\u0000", "a\u202eb", "\ud800"]) {
    expect(await codeOf(rooms.open(name, null))).toBe("bad_name");
  }
});

test("[HOME4] all public rooms are listed, the newest first, in however many pages they are read", async () => {
  const stage = new Stage({ limits: { page: 3 } });
  const ada = await stage.person("Ada");
  const { rooms } = stage.chat;
  expect(await rooms.list()).toEqual([]);
  const ids: number[] = [];
  for (let at = 0; at < 7; at++) ids.unshift((await rooms.open(`Room ${at}`, at % 2 ? ada : null)).id);
  await stage.chat.run({ user: ada }, "create_room", { key: "p", name: "Secret", visibility: "private" });
  const [newest = 0, ...rest] = ids;
  await rooms.close(newest, null);
  expect((await rooms.list()).map(({ id }) => id)).toEqual(rest);
  expect((await rooms.list())[0]).toEqual({
    ...{ id: rest[0] as number, name: "Room 5", topic: null, members: 1, head: 2, created: stage.clock.now() },
  });
});

test("[HOME5] anybody deletes a room of nobody, member or not, until somebody made it theirs by posting", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const { rooms } = stage.chat;
  await rooms.close((await rooms.open("One", null)).id, null);
  await rooms.close((await rooms.open("Two", null)).id, { user: ben });
  expect(await rooms.list()).toEqual([]);

  const { id } = await rooms.open("Three", null);
  await stage.chat.run({ user: ada }, "join", { key: "j", conversation: id });
  await stage.post(ada, id, "mine");
  expect(await rooms.get(id)).toMatchObject({ owner: ada.id, messages: 1 });
  expect(await codeOf(rooms.close(id, null))).toBe("not_member");
  expect(await codeOf(rooms.close(id, { user: ben }))).toBe("not_member");
  await rooms.close(id, { user: ada });
  expect(await rooms.get(id)).toBeNull();
});

test("[HOME5] the first post of somebody who is not open makes them the owner, in the same write and once", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const open = await stage.chat.people.open("anybody");
  const { id } = await stage.chat.rooms.open("Hall", null);
  for (const user of [open, ada, ben]) await stage.chat.run({ user }, "join", { key: "j", conversation: id });
  await stage.post(open, id, "nobody's still");
  expect((await stage.chat.rooms.get(id))?.owner).toBeNull();
  const [adas, bens] = [await stage.seat(ada), await stage.seat(ben)];

  const posted = await Promise.all([
    stage.chat.run(adas.connection, "post", { key: "a", conversation: id, text: "one" }),
    stage.chat.run(bens.connection, "post", { key: "b", conversation: id, text: "two" }),
  ]);
  expect(posted.map(({ seq }) => seq)).toEqual([6, 8]);
  const log = await stage.store.entries(id, 5, 9, 1e6);
  expect(log.map(({ kind, author }) => [kind, author])).toEqual([
    ["message", ada.id],
    ["promoted", ada.id],
    ["message", ben.id],
  ]);
  await stage.settle();
  expect(bens.entries(id)).toEqual(log);
  expect((await stage.store.member(id, ada.id))?.role).toBe("owner");
  const again = await stage.chat.run(adas.connection, "post", { key: "a", conversation: id, text: "one" });
  expect(again).toEqual(posted[0] as never);

  const rename = { key: "r", conversation: id, name: "Ada's" };
  expect(await codeOf(stage.chat.run(bens.connection, "rename", { ...rename, key: "rb" }))).toBe("forbidden");
  await stage.chat.run(adas.connection, "rename", rename);
  expect(await stage.chat.rooms.named("Ada's")).toMatchObject({ id, owner: ada.id });
});

test("[HOME5] nobody deletes a room on behalf of nobody that somebody made theirs in the same moment", async () => {
  const store = memoryStore();
  const [one, two] = [new Stage({ store }), new Stage({ store })];
  const ada = await one.person("Ada");
  const { id } = await one.chat.rooms.open("Hall", null);
  await one.chat.run({ user: ada }, "join", { key: "j", conversation: id });
  const decided = Promise.withResolvers<void>();
  const commit = store.commit.bind(store);
  store.commit = async (writes, marks) => {
    if (writes.some(({ drafts }) => drafts[0]?.kind === "closed")) await decided.promise;
    return commit(writes, marks);
  };
  const closing = codeOf(two.chat.rooms.close(id, null));
  await two.settle();
  await one.post(ada, id, "mine now");
  decided.resolve();
  expect(await closing).toBe("not_member");
  expect(await one.chat.rooms.get(id)).toMatchObject({ owner: ada.id });
});
