import { expect, test } from "bun:test";
import type { Conversation } from "@parley/protocol/conversations";
import { cursorCheck } from "@parley/protocol/cursor";
import type { Client } from "./client.ts";
import { turn } from "./testing/clock.ts";
import {
  BEAT,
  BOB,
  CAUGHT_UP,
  direct,
  entries,
  entry,
  INBOX,
  introduced,
  live,
  ME,
  ROOM,
  reopened,
  room,
  said,
  welcome,
  world,
} from "./testing/world.ts";

function texts(client: Client, id = ROOM): (string | null)[] {
  return client.timeline(id).rows.map((row) => (row.kind === "message" ? row.text : row.kind));
}

test("[SDK9] takes each entry once, and only as the next one", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, said(5), said(6)));
  end.say(entries(ROOM, said(5), said(6), said(7)));
  expect(texts(given.client)).toEqual(["line 5", "line 6", "line 7"]);
  end.say(entries(ROOM, said(9), said(10)));
  expect(texts(given.client)).toEqual(["line 5", "line 6", "line 7"]);
  end.say(entries(ROOM, said(8), said(9)));
  expect(texts(given.client)).toEqual(["line 5", "line 6", "line 7", "line 8", "line 9"]);
});

test("[SDK10] asks once to be brought up where something is missing, from the cursor that it holds", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, said(5)), entries(ROOM, said(8)), entries(ROOM, said(9)));
  await turn();
  expect(end.all("follow")).toEqual([
    { t: "follow", id: end.last("follow").id, conversation: ROOM, seq: 5, check: cursorCheck(BOB, "b5") },
  ]);
  expect(given.client.line).toEqual({ is: "catching_up", behind: 4 });
  end.say(entries(ROOM, said(6), said(7), said(8), said(9)));
  end.answer("follow", { conversation: room({ head: 9 }) });
  expect(given.client.line).toEqual({ is: "live" });
  expect(texts(given.client).length).toBe(5);
});

test("[SDK10] a question that helped nothing is not asked again at once, but at the next beat", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, said(8)));
  await turn();
  end.answer("follow", { conversation: room({ head: 4 }) });
  end.say(entries(ROOM, said(9)));
  await turn();
  expect(end.all("follow").length).toBe(1);
  end.say({ t: "beat", heads: [[ROOM, 9]] });
  await given.clock.advance(BEAT);
  end.say({ t: "beat", heads: [] });
  await turn();
  expect(end.all("follow").length).toBe(2);
});

test("[SDK10] a head that a beat tells and that stays unseen until the next beat was missed", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }), room({ id: 8, head: 2 }));
  end.say({
    t: "beat",
    heads: [
      [ROOM, 5],
      [8, 3],
    ],
  });
  end.say({ t: "beat", heads: [] });
  end.say(entries(ROOM, said(5)));
  await given.clock.advance(BEAT);
  expect(end.all("follow")).toEqual([]);
  end.say({ t: "beat", heads: [] });
  await turn();
  expect(end.all("follow")).toMatchObject([{ conversation: 8, seq: 2 }]);
});

test("[SDK10] a conversation that cannot be followed any more is dropped", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, said(8)));
  await turn();
  end.say({ t: "error", id: end.last("follow").id, code: "not_found", message: "There is nothing here." });
  expect(given.client.conversation(ROOM)).toBeUndefined();
  expect(given.client.line).toEqual({ is: "live" });
});

test("[SDK11] what is hidden is no hole, drops what was held before it, and leaves the cursor at the last entry that was heard", async () => {
  const given = world();
  const end = await live(given, room({ kind: "group", visibility: "private", head: 4 }));
  end.say(entries(ROOM, said(5)), { t: "hidden", conversation: ROOM, from: 6, to: 20 });
  end.say(entries(ROOM, said(21)));
  expect(texts(given.client)).toEqual(["line 21"]);
  end.say({ t: "hidden", conversation: ROOM, from: 22, to: 30 });
  const again = await reopened(given);
  expect(again.all("hello")[0]?.cursors).toEqual([[ROOM, 21, cursorCheck(BOB, "b21")]]);
  again.say(welcome(), { t: "hidden", conversation: ROOM, from: 22, to: 30 }, entries(ROOM, said(31)), CAUGHT_UP);
  expect(texts(given.client)).toEqual(["line 31"]);
  expect(given.client.timeline(ROOM).rows.map(({ kind }) => kind)).not.toContain("hole");
});

test("[SDK11] hidden seqs beyond the next one leave a gap, which is asked for", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say({ t: "hidden", conversation: ROOM, from: 7, to: 9 });
  await turn();
  expect(end.all("follow")).toMatchObject([{ seq: 4 }]);
});

test("[SDK12] a hole drops what is below it, is shown with its size, and is filled from its newer end", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, said(5), said(6)));
  const again = await reopened(given);
  again.say(welcome(), { t: "resync", conversation: ROOM, have: 6, from: 101, head: 101, check: 77, reset: false });
  again.say(entries(ROOM, said(101)), CAUGHT_UP);
  expect(given.client.timeline(ROOM).rows).toMatchObject([
    { kind: "hole", from: 7, to: 100, count: 94, loading: false },
    { kind: "message", seq: 101 },
  ]);
  const filled = given.client.fill(ROOM, 7, 100);
  await turn();
  expect(again.last("history")).toMatchObject({ conversation: ROOM, before: 101, limit: 50 });
  expect(given.client.timeline(ROOM).rows[0]).toMatchObject({ kind: "hole", loading: true });
  const item = (seq: number) => ({ ...messageOf(seq), seq });
  const page = { from: 51, to: 100, as_of: 101, items: [item(60), item(100)], people: [] };
  again.answer("history", page);
  await filled;
  expect(given.client.timeline(ROOM).rows).toMatchObject([
    { kind: "hole", from: 7, to: 50, count: 44 },
    { seq: 60 },
    { seq: 100 },
    { seq: 101 },
  ]);
  const older = given.client.loadOlder(ROOM);
  await turn();
  again.answer("history", { from: 1, to: 50, as_of: 101, items: [item(3)], people: [] });
  await older;
  expect(given.client.timeline(ROOM)).toMatchObject({ complete: true, rows: [{ seq: 3 }, { seq: 60 }, {}, {}] });
});

function messageOf(seq: number) {
  const { id, author, key, time } = said(seq);
  return { kind: "message" as const, id, author, key, time, text: "old", mentions: [], edited: null, deleted: false };
}

test("[SDK12] after a hole the summary is asked for again, since members may have come and gone in it", async () => {
  const given = world();
  await live(given, room({ head: 4, members: 3 }));
  const end = await reopened(given);
  const joined = entry(51, "joined", { user: 1_000_009, name: "Zoe", handle: "zoe", role: "member" });
  end.say(welcome(), { t: "resync", conversation: ROOM, have: 4, from: 50, head: 50, check: 77, reset: false });
  end.say(CAUGHT_UP);
  await turn();
  expect(end.last("follow")).toMatchObject({ conversation: ROOM, seq: 49, check: 77 });
  end.say(entries(ROOM, said(50), joined));
  end.answer("follow", { conversation: room({ head: 50, members: 8, name: "Meadow" }) });
  expect(given.client.conversation(ROOM)).toMatchObject({ members: 9, name: "Meadow" });
});

test("[SDK13] another epoch drops every log", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }), room({ id: 8 }));
  end.say(entries(ROOM, said(5)));
  const again = await reopened(given);
  again.say(welcome("e2"), introduced(room({ head: 2 })), CAUGHT_UP);
  expect(texts(given.client)).toEqual([]);
  expect(given.client.conversation(ROOM)?.head).toBe(2);
  expect(given.client.conversation(8)).toBeUndefined();
});

test("[SDK13] a reset drops one log, which begins anew with its summary", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, said(5), said(6)));
  const again = await reopened(given);
  again.say(welcome(), { t: "resync", conversation: ROOM, have: 0, from: 4, head: 3, check: 33, reset: true });
  again.say(introduced(room({ head: 3, check: 33, read: 2, unread: 1 })), CAUGHT_UP, entries(ROOM, said(4, "other")));
  expect(texts(given.client)).toEqual(["other"]);
  expect(given.client.conversation(ROOM)).toMatchObject({ read: 2, unread: 2, head: 4 });
});

test("[SDK14] a conversation ends with one's leaving, its closing, a removal told in the inbox, or gone", async () => {
  const given = world();
  const rooms = [10, 11, 12, 13, 14, 15].map((id) => room({ id }));
  const end = await live(given, room({ id: INBOX, kind: "inbox", name: null }), ...rooms);
  expect(given.client.conversations().length).toBe(6);
  end.say(entries(10, entry(1, "left", { user: ME })));
  end.say(entries(11, entry(1, "closed", {})));
  end.say(entries(INBOX, entry(1, "removed", { conversation: 12 })));
  end.say(entries(INBOX, entry(2, "dissolved", { conversation: 13, name: "x" })));
  end.say({ t: "gone", conversation: 14 });
  end.say(entries(15, entry(1, "left", { user: BOB })));
  // The inbox may be late: whether there is another membership by now, only the server knows.
  await turn();
  end.say({ t: "error", id: end.last("follow").id, code: "not_found", message: "" });
  expect(given.client.conversations().map(({ id }) => id)).toEqual([15]);
});

test("[SDK14] the summary follows its entries: members, name, and one's own membership", async () => {
  const given = world();
  const end = await live(given);
  const asked = given.client.call("follow", { conversation: ROOM });
  await turn();
  const stranger: Partial<Conversation> = { role: null, joined: 0, read: 0, delivered: 0, head: 6 };
  end.say(introduced(room(stranger)));
  end.answer("follow", { conversation: room(stranger) });
  await asked;
  expect(given.client.conversations()).toEqual([]);
  end.say(entries(ROOM, said(7), entry(8, "renamed", { name: "Meadow" })));
  end.say(entries(ROOM, entry(9, "joined", { user: ME, name: "Alice", handle: "alice", role: "member" })));
  expect(given.client.conversations()).toMatchObject([
    { name: "Meadow", members: 4, role: "member", joined: 9, read: 9, unread: 0, head: 9 },
  ]);
});

test("[SDK14] an answer and the summary frame of a conversation that was just made may come in any order", async () => {
  const given = world();
  const end = await live(given);
  const made = given.client.openDirect(BOB);
  await turn();
  end.answer("open_direct", { conversation: direct({ head: 3, check: 5 }) });
  expect((await made).id).toBe(ROOM);
  end.say(introduced(direct({ head: 3, check: 5 })), entries(ROOM, said(4)));
  end.say(introduced(direct({ head: 4, check: cursorCheck(BOB, "b4"), unread: 1, read: 3 })));
  await turn();
  expect(texts(given.client)).toEqual(["line 4"]);
  expect(given.client.conversations()).toMatchObject([{ partner: BOB, unread: 1, mentions: 0 }]);
  expect(end.all("follow")).toEqual([]);
  await given.clock.advance(BEAT);
});

test("[SDK14] a summary that is ahead of the log already contains the entries up to its head", async () => {
  const given = world();
  const end = await live(given, room({ head: 4, members: 3 }));
  end.say(entries(ROOM, said(6)));
  await turn();
  end.answer("follow", { conversation: room({ head: 6, members: 4, unread: 1, read: 4 }) });
  const joined = entry(5, "joined", { user: 1_000_009, name: "Zoe", handle: "zoe", role: "member" });
  end.say(entries(ROOM, joined, said(6)));
  expect(given.client.conversation(ROOM)).toMatchObject({ members: 4, unread: 1, head: 6 });
});
