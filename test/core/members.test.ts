import { expect, test } from "bun:test";
import type { Entry } from "@parley/protocol/entries";
import type { ErrorCode } from "@parley/protocol/errors";
import { cursorOn, Stage } from "../kit/stage.ts";

async function codeOf(asked: Promise<unknown>): Promise<ErrorCode | "fine"> {
  return asked.then(
    () => "fine" as const,
    (error) => error.code,
  );
}

async function three() {
  const stage = new Stage();
  const [ada, ben, cas] = [await stage.person("Ada"), await stage.person("Ben"), await stage.person("Cas")];
  return { stage, ada, ben, cas };
}

test("[AUTH1] a private room and a group do not exist for an outsider, on any command", async () => {
  const { stage, ada, ben } = await three();
  const made = await stage.chat.run({ user: ada }, "create_room", { key: "k", name: "Hidden", visibility: "private" });
  const conversation = made.conversation.id;
  const { seq } = await stage.post(ada, conversation, "inside");
  const actor = { user: ben };
  const codes = await Promise.all([
    codeOf(stage.chat.run(actor, "history", { conversation })),
    codeOf(stage.chat.run(actor, "post", { conversation, key: "a", text: "hello" })),
    codeOf(stage.chat.run(actor, "edit", { conversation, key: "b", target: seq, text: "x" })),
    codeOf(stage.chat.run(actor, "delete", { conversation, key: "c", target: seq })),
    codeOf(stage.chat.run(actor, "join", { conversation, key: "d" })),
    codeOf(stage.chat.run(actor, "leave", { conversation, key: "e" })),
    codeOf(stage.chat.run(actor, "rename", { conversation, key: "f", name: "x" })),
    codeOf(stage.chat.run(actor, "delete_room", { conversation, key: "g" })),
    codeOf(stage.chat.run(actor, "add_member", { conversation, key: "h", user: ben.id })),
    codeOf(stage.chat.run(actor, "remove_member", { conversation, key: "i", user: ada.id })),
    codeOf(stage.chat.run(actor, "list_members", { conversation })),
    codeOf(stage.chat.run(actor, "mark", { conversation, read: 1 })),
    codeOf(stage.chat.run(actor, "receipts", { conversation, seq })),
  ]);
  expect(new Set(codes)).toEqual(new Set(["not_found"]));
  expect((await stage.chat.run(actor, "list_rooms", {})).rooms).toEqual([]);
});

test("[AUTH2] nothing after the end of a membership reaches its owner, on any socket, within one commit as well", async () => {
  const { stage, ada, ben } = await three();
  const room = await stage.room(ada, ben);
  const seats = [await stage.seat(ben), await stage.seat(ben)];
  const work = [
    stage.post(ada, room, "before"),
    stage.chat.run({ user: ada }, "remove_member", { key: "rm", conversation: room, user: ben.id }),
    stage.post(ada, room, "after"),
  ];
  await Promise.all(work);
  await stage.post(ada, room, "much later");
  await stage.settle();
  for (const seat of seats) {
    const log = seat.entries(room);
    expect(log.at(-1)).toMatchObject({ kind: "left", body: { user: ben.id } });
    expect(seat.texts(room)).not.toContain("much later");
  }
});

test("[AUTH3] anyone reads a public room and follows it, posting takes a membership", async () => {
  const { stage, ada, ben } = await three();
  const room = await stage.room(ada);
  await stage.post(ada, room, "for all");
  const page = await stage.chat.run({ user: ben }, "history", { conversation: room });
  expect(page.items.some((item) => item.kind === "message" && item.text === "for all")).toBe(true);
  expect(await codeOf(stage.post(ben, room, "me too"))).toBe("not_member");
  const seat = await stage.seat(ben);
  await seat.connection.follow(room, null);
  await stage.post(ada, room, "live for all");
  await stage.settle();
  expect(seat.texts(room)).toEqual(["live for all"]);
});

test("[AUTH4] only a room's owner or the server's owner renames and deletes it", async () => {
  const { stage, ada, ben, cas } = await three();
  const room = await stage.room(ada, ben);
  expect(await codeOf(stage.chat.run({ user: ben }, "rename", { key: "a", conversation: room, name: "Mine" }))).toBe(
    "forbidden",
  );
  expect(await codeOf(stage.chat.run({ user: ben }, "delete_room", { key: "b", conversation: room }))).toBe(
    "forbidden",
  );
  const boss = { user: { ...cas, role: "owner" as const } };
  expect(await codeOf(stage.chat.run(boss, "rename", { key: "c", conversation: room, name: "Theirs" }))).toBe("fine");
  const seat = await stage.seat(ben);
  await stage.chat.run({ user: ada }, "delete_room", { key: "d", conversation: room });
  await stage.settle();
  expect(seat.entries(room).at(-1)?.kind).toBe("closed");
  expect(seat.entries(ben.inbox).at(-1)).toMatchObject({
    kind: "dissolved",
    body: { conversation: room, name: "Theirs" },
  });
  expect(await codeOf(stage.post(ben, room, "anybody"))).toBe("gone");
  expect(await codeOf(stage.chat.run({ user: ben }, "history", { conversation: room }))).toBe("gone");
});

test("[AUTH5] a group is read from the time of one's memberships: the rest is hidden, never a hole", async () => {
  const { stage, ada, ben, cas } = await three();
  const made = await stage.chat.run({ user: ada }, "create_group", { key: "g", members: [cas.id] });
  const group = made.conversation.id;
  const act = (command: "add_member" | "remove_member") =>
    stage.chat.run({ user: ada }, command, { key: stage.key(), conversation: group, user: ben.id });
  await stage.post(ada, group, "before ben");
  await act("add_member");
  await stage.post(ada, group, "with ben");
  await act("remove_member");
  await stage.post(ada, group, "between");
  await act("add_member");
  await stage.post(ada, group, "with ben again");
  const seen: string[] = [];
  let before: number | undefined;
  for (let i = 0; i < 10 && before !== 1; i++) {
    const page = await stage.chat.run({ user: ben }, "history", { conversation: group, ...(before ? { before } : {}) });
    for (const item of page.items) if (item.kind === "message") seen.push(item.text as string);
    before = page.from;
  }
  expect(seen.sort()).toEqual(["with ben", "with ben again"]);
  const log = await stage.store.entries(group, 0, 100, 1e6);
  const first = log.find((entry) => entry.kind === "joined" && entry.body.user === ben.id) as Entry;
  const seat = await stage.seat(ben, [cursorOn(group, first)]);
  const left = log.find((entry) => entry.kind === "left") as Entry;
  expect(seat.told("hidden")).toEqual([{ t: "hidden", conversation: group, from: left.seq + 1, to: left.seq + 1 }]);
  expect(seat.texts(group)).toEqual(["with ben", "with ben again"]);
  expect(seat.told("resync")).toEqual([]);
});

test("[AUTH6] only the author edits; the author and the room's keeper delete", async () => {
  const { stage, ada, ben, cas } = await three();
  const room = await stage.room(ada, ben, cas);
  const { seq } = await stage.post(ben, room, "mine");
  const by = (user: typeof ada) => ({
    edit: () =>
      codeOf(stage.chat.run({ user }, "edit", { key: stage.key(), conversation: room, target: seq, text: "!" })),
    delete: () => codeOf(stage.chat.run({ user }, "delete", { key: stage.key(), conversation: room, target: seq })),
  });
  expect([await by(cas).edit(), await by(ada).edit(), await by(ben).edit()]).toEqual([
    "forbidden",
    "forbidden",
    "fine",
  ]);
  expect([await by(cas).delete(), await by(ada).delete()]).toEqual(["forbidden", "fine"]);
  expect([await by(ben).edit(), await by(ben).delete()]).toEqual(["not_found", "not_found"]);
});

test("[AUTH7] a post that races a removal is refused or stands before it", async () => {
  for (let round = 0; round < 20; round++) {
    const { stage, ada, ben } = await three();
    const room = await stage.room(ada, ben);
    const seat = await stage.seat(ben);
    const actor = seat.connection;
    const posts = Array.from({ length: 5 }, (_, i) =>
      codeOf(stage.chat.run(actor, "post", { key: `p${i}`, conversation: room, text: `p${i}` })),
    );
    if (round % 2) await Promise.resolve();
    const removal = stage.chat.run({ user: ada }, "remove_member", { key: "rm", conversation: room, user: ben.id });
    const more = Array.from({ length: 5 }, (_, i) =>
      codeOf(stage.chat.run(actor, "post", { key: `q${i}`, conversation: room, text: `q${i}` })),
    );
    await Promise.all([...posts, removal, ...more]);
    const log = await stage.store.entries(room, 0, 100, 1e6);
    const left = log.findIndex((entry) => entry.kind === "left");
    expect(log.slice(left + 1).filter((entry) => entry.author === ben.id)).toEqual([]);
  }
});

test("[AUTH8] whoever is added begins to receive on every socket, without asking", async () => {
  const { stage, ada, ben } = await three();
  const seats = [await stage.seat(ben), await stage.seat(ben)];
  const made = await stage.chat.run({ user: ada }, "create_group", { key: "g", members: [ben.id] });
  await stage.settle();
  await stage.post(ada, made.conversation.id, "welcome");
  await stage.settle();
  for (const seat of seats) {
    const told = seat.told("conversation").filter(({ conversation }) => conversation.kind !== "inbox");
    expect(told.map((frame) => frame.conversation.id)).toEqual([made.conversation.id]);
    expect(seat.texts(made.conversation.id)).toEqual(["welcome"]);
  }
});

test("[KEY1] the same author, conversation and key give the same entry: again, at once, and after the membership ended", async () => {
  const { stage, ada, ben } = await three();
  const room = await stage.room(ada, ben);
  const twice = await Promise.all([stage.post(ben, room, "once", "k"), stage.post(ben, room, "once", "k")]);
  expect(twice[0]).toEqual(twice[1] as never);
  await stage.chat.run({ user: ben }, "leave", { key: "bye", conversation: room });
  expect(await stage.post(ben, room, "once", "k")).toEqual(twice[0] as never);
  expect(await codeOf(stage.post(ben, room, "another", "k"))).toBe("key_reused");
  expect(await codeOf(stage.post(ben, room, "new", "k2"))).toBe("not_member");
  const log = await stage.store.entries(room, 0, 100, 1e6);
  expect(log.filter((entry) => entry.kind === "message")).toHaveLength(1);
});

test("[KEY2] a key keeps its entry after the body was erased, and other content under it is still refused", async () => {
  const { stage, ada } = await three();
  const room = await stage.room(ada);
  const first = await stage.post(ada, room, "erase me", "k");
  await stage.chat.run({ user: ada }, "delete", { key: "d", conversation: room, target: first.seq });
  expect(await stage.post(ada, room, "erase me", "k")).toEqual(first);
  expect(await codeOf(stage.post(ada, room, "something else", "k"))).toBe("key_reused");
  const again = await stage.chat.run({ user: ada }, "delete", { key: "d", conversation: room, target: first.seq });
  expect(again.seq).toBe(first.seq + 1);
});

test("[KEY3] opening is keyed too: one room for one key, one direct for two people whoever asks", async () => {
  const { stage, ada, ben } = await three();
  const make = () => stage.chat.run({ user: ada }, "create_room", { key: "room", name: "One" });
  const [a, b] = await Promise.all([make(), make()]);
  expect(a.conversation.id).toBe(b.conversation.id);
  const open = (from: typeof ada, to: typeof ada) =>
    stage.chat.run({ user: from }, "open_direct", { key: stage.key(), user: to.id });
  const [x, y] = await Promise.all([open(ada, ben), open(ben, ada)]);
  expect(x.conversation.id).toBe(y.conversation.id);
  expect((await open(ada, ben)).conversation.id).toBe(x.conversation.id);
  expect(await codeOf(stage.chat.run({ user: ada }, "create_room", { key: "room", name: "Two" }))).toBe("key_reused");
});

test("[PEO13] whoever shares a conversation with somebody learns their new name from its log, and the owner's role at once", async () => {
  const { stage, ada, ben } = await three();
  const room = await stage.room(ada, ben);
  const [seat, own] = [await stage.seat(ben), await stage.seat(ada)];
  const change = () =>
    stage.chat.run({ user: ada }, "update_profile", { key: "n", name: "Ada Lund", handle: "ada.lund" });
  await Promise.all([change(), change()]);
  await change();
  await stage.settle();
  const told = seat.entries(room).filter((entry) => entry.kind === "profiled");
  expect(told).toMatchObject([
    { author: ada.id, body: { person: { id: ada.id, name: "Ada Lund", handle: "ada.lund" } } },
  ]);
  await stage.store.offerOwnership("hash:the one");
  expect(await codeOf(stage.chat.people.claimServer({ user: ben }, "not it"))).toBe("forbidden");
  expect(own.connection.user.role).toBe("guest");
  expect(await stage.chat.people.claimServer({ user: ada }, "the one")).toMatchObject({
    name: "Ada Lund",
    role: "owner",
  });
  await stage.settle();
  expect(own.connection.user).toMatchObject({ name: "Ada Lund", role: "owner" });
  expect(await codeOf(stage.chat.people.claimServer({ user: ben }, "the one"))).toBe("forbidden");
});
