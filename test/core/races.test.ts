import { expect, test } from "bun:test";
import { memoryStore } from "@parley/server/store/memory/memory";
import { Stage } from "../kit/stage.ts";

/** A store that keeps what it read of somebody's place in a conversation until it is told to go on. */
function waitingStore() {
  const store = memoryStore();
  const read = store.standing.bind(store);
  const gate = { open: Promise.resolve() };
  store.standing = async (conversation, user) => {
    const standing = await read(conversation, user);
    await gate.open;
    return standing;
  };
  return { store, gate };
}

test("[AUTH2] a membership that ends while it is being read is not followed past its end", async () => {
  const { store, gate } = waitingStore();
  const stage = new Stage({ store });
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const made = await stage.chat.run({ user: ada }, "create_room", {
    ...{ key: stage.key(), name: "Attic", visibility: "private" as const },
  });
  const room = made.conversation.id;
  await stage.chat.run({ user: ada }, "add_member", { key: stage.key(), conversation: room, user: ben.id });
  const adas = await stage.seat(ada);
  const bens = await stage.seat(ben);
  bens.connection.unfollow(room);

  const { promise, resolve } = Promise.withResolvers<void>();
  gate.open = promise;
  const following = bens.connection.follow(room, null).catch((error) => error.code);
  await stage.settle();
  gate.open = Promise.resolve();
  await stage.chat.run(adas.connection, "remove_member", { key: stage.key(), conversation: room, user: ben.id });
  resolve();
  expect(await following).toBe("not_found");
  await stage.post(ada, room, "Nobody else hears this.");
  await stage.settle();
  expect(bens.texts(room)).toEqual([]);
  expect(adas.texts(room)).toEqual(["Nobody else hears this."]);
});

for (const somebody of ["somebody", "nobody"]) {
  test(`[AUTH2] a membership that ends while its owner comes back is not followed, where ${somebody} else is there`, async () => {
    const store = memoryStore();
    const stage = new Stage({ store });
    const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
    const { conversation } = await stage.chat.run({ user: ada }, "create_room", {
      ...{ key: stage.key(), name: "Attic", visibility: "private" as const },
    });
    const room = conversation.id;
    await stage.chat.run({ user: ada }, "add_member", { key: stage.key(), conversation: room, user: ben.id });
    if (somebody === "somebody") await stage.seat(ada);
    const read = store.memberships.bind(store);
    store.memberships = async (user) => {
      const memberships = await read(user);
      store.memberships = read;
      await stage.chat.run({ user: ada }, "remove_member", { key: stage.key(), conversation: room, user: ben.id });
      return memberships;
    };
    const bens = await stage.seat(ben);
    expect(bens.connection.isMember(room)).toBe(false);
    await stage.post(ada, room, "Nobody else hears this.");
    await stage.settle();
    expect(bens.texts(room)).toEqual([]);
  });
}

test("[AUTH2] whoever gets another role while they come back has it on that line", async () => {
  const store = memoryStore();
  const stage = new Stage({ store });
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const { id: room } = await stage.chat.rooms.open("Hall", null);
  for (const user of [ada, ben]) await stage.chat.run({ user }, "join", { key: "j", conversation: room });
  await stage.seat(ada);
  const read = store.memberships.bind(store);
  store.memberships = async (user) => {
    const memberships = await read(user);
    store.memberships = read;
    await stage.post(ben, room, "The first to write owns it.");
    await stage.settle();
    return memberships;
  };
  const bens = await stage.seat(ben);
  expect(bens.connection.known(room)?.member?.role).toBe("owner");
});

test("[AUTH8] somebody who is removed and added again while their feed is behind goes on receiving", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const room = await stage.room(ada, ben);
  const bens = await stage.seat(ben);
  const feed = stage.chat.feeds.get(room);
  const missed: Parameters<NonNullable<typeof feed>["advance"]>[0][] = [];
  // The doorbell of the room is late; that of the inbox is not.
  if (feed) feed.advance = (entries) => void missed.push(entries);
  await stage.chat.run({ user: ada }, "remove_member", { key: stage.key(), conversation: room, user: ben.id });
  await stage.chat.run({ user: ada }, "add_member", { key: stage.key(), conversation: room, user: ben.id });
  await stage.settle();
  expect(missed.length).toBe(2);
  await feed?.catchUp();
  await stage.settle();
  await stage.post(ada, room, "Welcome back.");
  await stage.settle();
  expect(bens.texts(room).at(-1)).toBe("Welcome back.");
});

test("[AUTH9] somebody who joins twice at the same moment is told yes both times, and joined once", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const room = await stage.room(ada);
  const twice = ["one", "two"].map((key) => stage.chat.run({ user: ben }, "join", { key, conversation: room }));
  const [one, two] = (await Promise.all(twice)).map(({ conversation }) => conversation);
  expect(one).toMatchObject({ role: "member", members: 2 });
  expect(two).toEqual(one as never);
  const entries = await stage.store.entries(room, 0, 100, 100_000);
  expect(entries.filter(({ kind }) => kind === "joined")).toHaveLength(2);
});
