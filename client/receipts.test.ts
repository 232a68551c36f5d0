import { expect, test } from "bun:test";
import type { ServerFrame } from "@parley/protocol/frames";
import { turn } from "./testing/clock.ts";
import {
  BOB,
  CAROL,
  CAUGHT_UP,
  direct,
  entries,
  live,
  ME,
  ROOM,
  reopened,
  room,
  said,
  welcome,
  world,
} from "./testing/world.ts";

const mine = { author: ME, key: "mine" };

function told(user: number, delivered: number, read: number, time?: number): ServerFrame {
  const mark = { user, delivered, read, ...(time !== undefined && { time }) };
  return { t: "marks", conversation: ROOM, marks: [mark], head: 9 };
}

test("[SDK37] when a message was delivered and read is heard with the marks, and asked of nobody", async () => {
  const given = world();
  const end = await live(given, direct({ head: 4 }));
  const { client } = given;
  end.say(entries(ROOM, said(5, "hello", mine)));
  expect([client.reachedAt(ROOM, "delivered"), client.reachedAt(ROOM, "read")]).toEqual([null, null]);
  end.say(told(BOB, 5, 4, 3000));
  expect([client.reachedAt(ROOM, "delivered"), client.reachedAt(ROOM, "read")]).toEqual([3000, null]);
  end.say(told(BOB, 5, 5, 4000), entries(ROOM, said(6)), told(BOB, 6, 6, 5000));
  expect(client.timeline(ROOM).reached).toEqual({ sent: 5, delivered: 5, read: 5 });
  expect([client.reachedAt(ROOM, "delivered"), client.reachedAt(ROOM, "read")]).toEqual([3000, 4000]);
  await turn();
  expect(end.all("receipts")).toEqual([]);
});

test("[SDK37] in a group a message is read when the last of them has read it", async () => {
  const given = world();
  const marks = [ME, BOB, CAROL].map((user) => ({ user, delivered: 4, read: 4 }));
  const end = await live(given, room({ kind: "group", head: 4, marks }));
  end.say(entries(ROOM, said(5, "hello", mine)), told(CAROL, 5, 5, 3000), told(BOB, 5, 5, 7000));
  expect(given.client.reachedAt(ROOM, "read")).toBe(7000);
});

test("[SDK37] what was not heard is asked for once, when somebody looks", async () => {
  const given = world();
  const end = await live(given, direct({ head: 4 }));
  const { client } = given;
  end.say(entries(ROOM, said(5, "hello", mine)), told(BOB, 5, 5));
  await turn();
  expect(end.all("receipts")).toEqual([]);
  expect([client.reachedAt(ROOM, "read"), client.reachedAt(ROOM, "read")]).toEqual([undefined, undefined]);
  await turn();
  expect(end.all("receipts")).toMatchObject([{ conversation: ROOM, seq: 5 }]);
  const by = [{ user: BOB, delivered: 2500, read: 2600 }];
  let changes = 0;
  client.subscribe(() => changes++);
  end.answer("receipts", { committed: 2005, others: 1, delivered: 1, read: 1, by, marks: [] });
  await turn();
  expect([client.reachedAt(ROOM, "read"), changes]).toEqual([2600, 1]);
  expect(end.all("receipts").length).toBe(1);
});

test("[SDK37] a time that was not kept, and one that is refused, is none; it is not asked for again", async () => {
  const given = world();
  const end = await live(given, direct({ head: 4 }));
  const { client } = given;
  end.say(entries(ROOM, said(5, "hello", mine)), told(BOB, 5, 5));
  expect(client.reachedAt(ROOM, "read")).toBeUndefined();
  await turn();
  const by = [{ user: BOB, delivered: null, read: null }];
  end.answer("receipts", { committed: 2005, others: 1, delivered: 1, read: 1, by, marks: [] });
  await turn();
  expect(client.reachedAt(ROOM, "read")).toBeNull();
  end.say(entries(ROOM, said(6, "more", { author: ME, key: "next" })), told(BOB, 6, 6));
  expect(client.reachedAt(ROOM, "read")).toBeUndefined();
  await turn();
  end.say({ t: "error", id: end.last("receipts").id, code: "not_found", message: "" });
  await turn();
  expect([client.reachedAt(ROOM, "read"), end.all("receipts").length]).toEqual([null, 2]);
});

test("[SDK37] what is asked without a line is answered by the next one", async () => {
  const given = world();
  const end = await live(given, direct({ head: 4 }));
  end.say(entries(ROOM, said(5, "hello", mine)), told(BOB, 5, 5));
  expect(given.client.reachedAt(ROOM, "read")).toBeUndefined();
  const next = await reopened(given);
  next.say(welcome(), CAUGHT_UP);
  await turn();
  expect(next.all("receipts")).toMatchObject([{ conversation: ROOM, seq: 5 }]);
});
