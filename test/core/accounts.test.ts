import { expect, test } from "bun:test";
import { CLOSES } from "@parley/protocol/closes";
import { Line, secretOf, startNode } from "../kit/node.ts";
import { Stage } from "../kit/stage.ts";

test("[PEO12] whoever deletes their account leaves rooms and groups for all to see, and their directs stay", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const room = await stage.room(ada, ben);
  const members = [ben.id];
  const group = await stage.chat.run({ user: ada }, "create_group", { key: "g", members });
  const direct = await stage.chat.run({ user: ada }, "open_direct", { key: "d", user: ben.id });
  await stage.post(ben, room, "I was here");
  const seat = await stage.seat(ada);
  await stage.chat.run({ user: ben }, "delete_account", { key: "bye" });
  await stage.settle();
  for (const id of [room, group.conversation.id]) {
    expect(seat.entries(id).at(-1)).toMatchObject({ kind: "left", body: { user: ben.id } });
    expect((await stage.store.members(id, 0, 10)).map(({ user }) => user)).toEqual([ada.id]);
  }
  expect(await stage.store.member(direct.conversation.id, ben.id)).not.toBeNull();
  const page = await stage.chat.run({ user: ada }, "history", { conversation: room });
  expect(page.people).toContainEqual(expect.objectContaining({ id: ben.id, name: "deleted" }));
  expect(JSON.stringify(page.items)).toContain("I was here");
});

test("[PEO12] nobody is added to anything any more, and the server's owner stays", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const room = await stage.room(ada);
  await stage.chat.run({ user: ben }, "delete_account", { key: "bye" });
  const add = stage.chat.run({ user: ada }, "add_member", { key: "a", conversation: room, user: ben.id });
  await expect(add).rejects.toMatchObject({ code: "gone" });
  const group = stage.chat.run({ user: ada }, "create_group", { key: "g", members: [ben.id] });
  await expect(group).rejects.toMatchObject({ code: "gone" });
  const owner = { ...ada, role: "owner" as const };
  const end = stage.chat.run({ user: owner }, "delete_account", { key: "bye" });
  await expect(end).rejects.toMatchObject({ code: "forbidden" });
});

test("[PEO12] every socket of theirs is closed for good, after the one that asked has its answer", async () => {
  const node = startNode();
  const [one, other] = [await Line.enter(node.url, "Ada"), await Line.enter(node.url, "Ada")];
  const answer = await one.ask({ t: "delete_account", key: "bye" });
  expect(answer).toMatchObject({ t: "ok", result: {} });
  expect([await one.closed(), await other.closed()]).toEqual([CLOSES.signed_out.code, CLOSES.signed_out.code]);
  const back = await Line.open(node.url);
  back.say([{ t: "hello", version: 1, token: secretOf("Ada") }]);
  expect(await back.closed()).toBe(CLOSES.signed_out.code);
  expect(back.frames).toMatchObject([{ t: "error", code: "bad_token" }]);
  expect(node.faults).toEqual([]);
  await node.stop();
});

test("[PEO15] whoever is looked for is found by name until they are nobody any more, and no page is larger than a page", async () => {
  const stage = new Stage({ limits: { page: 2 } });
  const [ada, ben] = [await stage.person("Ada Lund"), await stage.person("Ben Lund")];
  const eva = await stage.chat.people.enrol("Eva\u0308 Lund", "e".repeat(32));
  const find = (query: string, more: object = {}) => stage.chat.run({ user: ada }, "find_people", { query, ...more });
  const ids = async (query: string, more?: object) => (await find(query, more)).people.map(({ id }) => id);
  expect(await find("lund", { limit: 50 })).toMatchObject({ people: [{ id: ada.id }, { id: ben.id }], next: ben.id });
  expect(await ids("lund", { after: ben.id })).toEqual([eva.id]);
  expect([await ids(" BEN "), await ids("eva\u0308")]).toEqual([[ben.id], [eva.id]]);
  await stage.chat.run({ user: ben }, "delete_account", { key: "bye" });
  expect([await ids("ben"), await ids("deleted")]).toEqual([[], []]);
});
