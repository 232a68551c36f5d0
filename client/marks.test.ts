import { expect, test } from "bun:test";
import { turn } from "./testing/clock.ts";
import {
  BOB,
  CAROL,
  CAUGHT_UP,
  direct,
  entries,
  greet,
  live,
  ME,
  ROOM,
  reopened,
  room,
  said,
  welcome,
  world,
} from "./testing/world.ts";

const OTHER = 8;
const HOUR = 3_600_000;

test("[SDK21] one's own marks are told together, at most once a second, and only where they move", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }), room({ id: OTHER, head: 4 }));
  end.say(entries(ROOM, said(5), said(6), said(7)), entries(OTHER, said(5)));
  given.client.markRead(ROOM, 5);
  given.client.markRead(ROOM, 6);
  given.client.markRead(OTHER, 5);
  await given.clock.advance(999);
  expect(end.all("mark")).toEqual([]);
  await given.clock.advance(1);
  expect(end.all("mark")).toMatchObject([
    { conversation: ROOM, delivered: 6, read: 6 },
    { conversation: OTHER, delivered: 5, read: 5 },
  ]);
  given.client.markRead(ROOM, 6);
  given.client.markRead(ROOM, 2);
  await given.clock.advance(5000);
  expect(end.all("mark").length).toBe(2);
});

test("[SDK21] marks ride along with the next frame that leaves", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, said(5), said(6)));
  given.client.markRead(ROOM, 5);
  given.client.post(ROOM, "hello");
  await turn();
  expect((JSON.parse(end.batches.at(-1) ?? "[]") as { t: string }[]).map(({ t }) => t)).toEqual(["post", "mark"]);
  given.client.markRead(ROOM, 6);
  given.client.post(ROOM, "again");
  await turn();
  expect(end.all("mark").length).toBe(1);
  await given.clock.advance(1000);
  expect(end.all("mark").length).toBe(2);
});

test("[SDK21] a mark that was not answered is told again on the next line, or later where the server is busy", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, said(5)));
  given.client.markRead(ROOM, 5);
  await given.clock.advance(1000);
  const again = await reopened(given);
  again.say(welcome(), { ...CAUGHT_UP, own: [{ ...told(0, 0), conversation: ROOM, read: 4, unread: 1, as_of: 5 }] });
  expect(given.client.conversation(ROOM)?.unread).toBe(0);
  await given.clock.advance(1000);
  expect(again.all("mark")).toMatchObject([{ conversation: ROOM, read: 5 }]);
  again.say({ t: "error", id: again.last("mark").id, code: "too_fast", message: "", retry_after: 3000 });
  await given.clock.advance(2999);
  expect(again.all("mark").length).toBe(1);
  await given.clock.advance(1);
  expect(again.all("mark").length).toBe(2);
  again.answer("mark", told(5, 5));
  await given.clock.advance(60_000);
  expect(again.all("mark").length).toBe(2);
});

function told(delivered: number, read: number) {
  return { delivered, read, unread: 0, mentions: 0, as_of: read };
}

test("[SDK21] in directs and groups what others wrote is told as delivered; in rooms it is not", async () => {
  const given = world();
  const group = room({ id: OTHER, kind: "group", head: 2 });
  const end = await live(given, room({ head: 4 }), group, direct({ id: 9, head: 3, delivered: 1, unread: 2, read: 1 }));
  end.say(entries(ROOM, said(5)), entries(OTHER, said(3), said(4, "mine", { author: ME })));
  await given.clock.advance(1000);
  expect(end.all("mark").map(({ id: _, ...mark }) => mark as object)).toEqual([
    { t: "mark", conversation: 9, delivered: 3 },
    { t: "mark", conversation: OTHER, delivered: 3 },
  ]);
  end.answer("mark", told(3, 0));
  end.say(entries(OTHER, said(5, "mine", { author: ME })));
  await given.clock.advance(5000);
  expect(end.all("mark").length).toBe(2);
});

test("[SDK22] unread is what the server counted, and the messages of others after that", async () => {
  const given = world();
  const end = await live(given, room({ head: 4, read: 1, unread: 2, mentions: 1 }), direct({ id: 9, head: 1 }));
  const counts = (id = ROOM) => {
    const view = given.client.conversation(id);
    return [view?.unread, view?.mentions];
  };
  expect(counts()).toEqual([2, 1]);
  end.say(entries(ROOM, said(5), said(6, "mine", { author: ME }), mention(7), entry8deletes(5)));
  expect(counts()).toEqual([3, 2]);
  end.say(entries(9, said(2)));
  expect(counts(9)).toEqual([1, 1]);
  given.client.markRead(ROOM, 6);
  expect(counts()).toEqual([1, 1]);
  given.client.markRead(ROOM, 8);
  expect(counts()).toEqual([0, 0]);
});

function mention(seq: number) {
  return { ...said(seq), body: { text: "@alice", mentions: [ME] } } as ReturnType<typeof said>;
}

function entry8deletes(target: number) {
  return { ...said(8), kind: "deleted", body: { target, of: BOB } } as ReturnType<typeof said>;
}

test("[SDK22] counts that are told late are added to, and counts that are told early are not", async () => {
  const given = world();
  const end = await live(given, room({ head: 4, read: 0, unread: 4 }));
  given.client.markRead(ROOM, 2);
  await given.clock.advance(1000);
  expect(given.client.conversation(ROOM)?.unread).toBe(4);
  end.say(entries(ROOM, said(5), said(6)));
  end.answer("mark", { delivered: 2, read: 2, unread: 3, mentions: 0, as_of: 5 });
  expect(given.client.conversation(ROOM)?.unread).toBe(4);
  given.client.markRead(ROOM, 3);
  await given.clock.advance(1000);
  end.answer("mark", { delivered: 3, read: 3, unread: 5, mentions: 0, as_of: 8 });
  end.say(entries(ROOM, said(7), said(8), said(9)));
  expect(given.client.conversation(ROOM)?.unread).toBe(6);
});

test("[SDK22] more than 999 stays that until the server counts again", async () => {
  const given = world();
  const end = await live(given, room({ head: 4000, read: 0, unread: 1000 }));
  end.say(entries(ROOM, said(4001), { ...said(4002), kind: "deleted", body: { target: 4001, of: BOB } } as never));
  expect(given.client.conversation(ROOM)?.unread).toBe(1000);
});

test("[SDK22] reading on another device counts here too, and where that is not known the server is asked", async () => {
  const given = world();
  const end = await live(given, room({ head: 9, read: 0, unread: 9 }));
  end.say(entries(ROOM, said(10)));
  end.say({ t: "marks", conversation: ROOM, marks: [{ user: ME, delivered: 10, read: 9 }], head: 10 });
  expect(given.client.conversation(ROOM)).toMatchObject({ read: 9, unread: 1 });
  const other = room({ id: OTHER, head: 9, read: 0, unread: 9 });
  end.say({ t: "conversation", conversation: other, people: [] });
  end.say({ t: "marks", conversation: OTHER, marks: [{ user: ME, delivered: 9, read: 4 }], head: 9 });
  await given.clock.advance(1000);
  expect(end.all("mark").map(({ id: _, ...mark }) => mark as object)).toEqual([{ t: "mark", conversation: OTHER }]);
  end.answer("mark", { delivered: 9, read: 4, unread: 5, mentions: 0, as_of: 9 });
  expect(given.client.conversation(OTHER)).toMatchObject({ read: 4, unread: 5 });
});

test("[SDK23] one's own messages are delivered and read as far as everybody else is", async () => {
  const given = world();
  const marks = [ME, BOB, CAROL].map((user) => ({ user, delivered: 4, read: 4 }));
  const end = await live(given, room({ kind: "group", head: 4, marks }));
  end.say(entries(ROOM, ...[5, 6, 7].map((seq) => said(seq, "mine", { author: ME, key: `m${seq}` }))));
  const reached = () => given.client.timeline(ROOM).reached;
  expect(reached()).toEqual({ sent: 7, delivered: 0, read: 0 });
  end.say({ t: "marks", conversation: ROOM, marks: [{ user: BOB, delivered: 7, read: 6 }], head: 7 });
  expect(reached()).toEqual({ sent: 7, delivered: 0, read: 0 });
  end.say({ t: "marks", conversation: ROOM, marks: [{ user: CAROL, delivered: 6, read: 5 }], head: 7 });
  expect(reached()).toEqual({ sent: 7, delivered: 6, read: 5 });
  end.say({ t: "marks", conversation: ROOM, marks: [{ user: CAROL, delivered: 2, read: 2 }], head: 7 });
  expect(reached()).toEqual({ sent: 7, delivered: 6, read: 5 });
});

test("[SDK23] what caught_up says of others' marks counts as if it had been heard", async () => {
  const given = world();
  const end = await live(given, direct({ head: 4 }));
  end.say(entries(ROOM, said(5, "mine", { author: ME, key: "m5" })));
  end.close();
  await given.clock.advance(250);
  given.end.accept();
  const marks = [{ user: BOB, delivered: 5, read: 5 }];
  given.end.say(welcome(), { t: "caught_up", own: [], marks: [{ conversation: ROOM, marks }] });
  expect(given.client.timeline(ROOM).reached).toEqual({ sent: 5, delivered: 5, read: 5 });
  await greet(given);
});

test("[SDK29] a device whose clock is set back tells marks and typing no later, and answers the next beat", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, said(5), said(6)), { t: "beat", heads: [] });
  given.client.typing(ROOM, true);
  given.client.markRead(ROOM, 5);
  await given.clock.advance(1000);
  end.say({ t: "error", id: end.last("mark").id, code: "too_fast", message: "", retry_after: 2000 });
  given.clock.set(-HOUR);
  await given.clock.advance(5000);
  expect(end.all("mark").length).toBe(2);
  given.client.typing(ROOM, true);
  end.say({ t: "beat", heads: [] });
  await given.clock.advance(0);
  expect(end.all("typing").length).toBe(2);
  expect(end.all("beat").length).toBe(2);
});

test("[SDK29] what a beat told and nobody sent is asked for at the next beat, also on a clock that was set back", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say({ t: "beat", heads: [[ROOM, 6]] });
  given.clock.set(-HOUR);
  await given.clock.advance(25_000);
  end.say({ t: "beat", heads: [] });
  await given.clock.advance(0);
  expect(end.all("follow").length).toBe(1);
});
