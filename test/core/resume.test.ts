import { expect, test } from "bun:test";
import type { Entry } from "@parley/protocol/entries";
import { memoryBus } from "@parley/server/bus/memory";
import { configFrom } from "@parley/server/config";
import type { Bus, Note } from "@parley/server/core/ports";
import { memoryStore } from "@parley/server/store/memory/memory";
import { cursorOn, Seat, Stage } from "../kit/stage.ts";

const seqs = (entries: readonly Entry[]) => entries.map((entry) => entry.seq);

async function roomOf(messages: number, limits = {}) {
  const stage = new Stage({ limits });
  const ada = await stage.person("Ada");
  const ben = await stage.person("Ben");
  const room = await stage.room(ada, ben);
  for (let i = 0; i < messages; i++) await stage.post(ada, room, `message ${i}`);
  const log = await stage.store.entries(room, 0, 10_000, 1e9);
  return { stage, ada, ben, room, log };
}

test("[RES2] a resume brings every entry after the cursor once, in order, and the live feed goes on from there", async () => {
  const { stage, ada, ben, room, log } = await roomOf(10);
  const seat = await stage.seat(ben, [cursorOn(room, log[4] as Entry)]);
  await stage.post(ada, room, "live");
  await stage.settle();
  expect(seqs(seat.entries(room))).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14].slice(0, log.length - 4));
  expect(seat.texts(room).at(-1)).toBe("live");
});

test("[RES1] a cursor whose check names another entry starts that conversation over", async () => {
  const { stage, ben, room, log } = await roomOf(5);
  const [, seq, check] = cursorOn(room, log[3] as Entry);
  const seat = await stage.seat(ben, [[room, seq, check ^ 1]]);
  const head = log.length;
  expect(seat.told("resync")).toMatchObject([{ conversation: room, have: 0, from: head + 1, head, reset: true }]);
  expect(seat.told("conversation").map((frame) => frame.conversation.head)).toContain(head);
  expect(seat.entries(room)).toEqual([]);
});

test("[RES1] a cursor beyond the head starts that conversation over", async () => {
  const { stage, ben, room } = await roomOf(3);
  const seat = await stage.seat(ben, [[room, 900, 1]]);
  expect(seat.told("resync")[0]).toMatchObject({ reset: true, have: 0 });
});

test("[RES3] a gap at the limit is replayed, one entry more is a hole of the size that is told", async () => {
  const feed = { resumeEntries: 20, resumeBytes: 1 << 20 };
  const { stage, ben, room, log } = await roomOf(30, { feed });
  const head = log.length;
  const near = await stage.seat(ben, [cursorOn(room, log[head - 21] as Entry)]);
  expect(seqs(near.entries(room))).toEqual(Array.from({ length: 20 }, (_, i) => head - 19 + i));
  const far = await stage.seat(ben, [cursorOn(room, log[head - 22] as Entry)]);
  expect(far.entries(room)).toEqual([]);
  expect(far.told("resync")).toMatchObject([{ have: head - 21, from: head + 1, head, reset: false }]);
});

test("[RES3] a gap of few but large entries is a hole as well", async () => {
  const feed = { resumeEntries: 1000, resumeBytes: 10_000 };
  const { stage, ada, ben, room, log } = await roomOf(1, { feed });
  for (let i = 0; i < 5; i++) await stage.post(ada, room, "x".repeat(4000));
  const seat = await stage.seat(ben, [cursorOn(room, log.at(-1) as Entry)]);
  expect(seat.told("resync")).toMatchObject([{ have: log.length, from: log.length + 6, reset: false }]);
});

test("[RES4] caught_up comes last, with counts and marks", async () => {
  const { stage, ben, room, log } = await roomOf(4);
  const seat = await stage.seat(ben, [cursorOn(room, log.at(-2) as Entry)]);
  expect(seat.frames.at(-1)?.t).toBe("caught_up");
  expect(seat.told("caught_up")[0]?.own).toMatchObject([{ conversation: room, unread: 4, as_of: log.length }]);
});

test("[RES5] what is committed while somebody resumes reaches them exactly once", async () => {
  const { stage, ada, ben, room, log } = await roomOf(3);
  const posts = Array.from({ length: 40 }, (_, i) => stage.post(ada, room, `racing ${i}`));
  const seats = await Promise.all(Array.from({ length: 10 }, () => stage.seat(ben, [cursorOn(room, log[0] as Entry)])));
  await Promise.all(posts);
  await stage.settle();
  const head = log.length + 40;
  for (const seat of seats) expect(seqs(seat.entries(room))).toEqual(Array.from({ length: head - 1 }, (_, i) => i + 2));
});

/** A doorbell that loses, repeats and turns round what it is told to. */
function faultyBus(change: (entries: Note) => Note[]): Bus {
  const bus = memoryBus();
  return {
    ...bus,
    publish: (conversation, note) => {
      for (const heard of change(note)) bus.publish(conversation, heard);
    },
  };
}

test("[RES6] a feed that missed a doorbell catches up at the next beat, and with the next ring, in order", async () => {
  let deaf = false;
  const stage = new Stage({ bus: faultyBus((note) => (deaf ? [] : [note])) });
  const ada = await stage.person("Ada");
  const room = await stage.room(ada);
  const seat = await stage.seat(ada);
  deaf = true;
  await stage.post(ada, room, "one");
  await stage.post(ada, room, "two");
  expect(seat.texts(room)).toEqual([]);
  await stage.chat.beat(new Map());
  await stage.settle();
  expect(seat.texts(room)).toEqual(["one", "two"]);
  await stage.post(ada, room, "three");
  deaf = false;
  await stage.post(ada, room, "four");
  await stage.settle();
  expect(seat.texts(room)).toEqual(["one", "two", "three", "four"]);
});

test("[RES6] rings that repeat and overtake each other change nothing", async () => {
  const late: { note?: Note } = {};
  const stage = new Stage({
    bus: faultyBus((note) => {
      const earlier = late.note;
      late.note = note;
      return earlier ? [note, earlier, note] : [];
    }),
  });
  const ada = await stage.person("Ada");
  const room = await stage.room(ada);
  const seat = await stage.seat(ada);
  await Promise.all(Array.from({ length: 30 }, (_, i) => stage.post(ada, room, `m${i}`)));
  await stage.chat.beat(new Map());
  await stage.settle();
  expect(seat.texts(room)).toEqual(Array.from({ length: 30 }, (_, i) => `m${i}`));
});

test("[RES7] cursors of another epoch count as none, and one to somebody else's conversation is gone", async () => {
  const { stage, ada, room, log } = await roomOf(3);
  const cas = await stage.person("Cas");
  const group = await stage.chat.run({ user: ada }, "create_group", { key: stage.key(), members: [] });
  const seat = await stage.seat(cas, [[group.conversation.id, 1, 5]]);
  expect(seat.told("gone").map((frame) => frame.conversation)).toEqual([group.conversation.id]);
  const other = await stage.seat(ada, [cursorOn(room, log[0] as Entry)], "another epoch");
  expect(other.entries(room)).toEqual([]);
  expect(other.told("conversation").map((frame) => frame.conversation.id)).toContain(room);
});

test("[RES8] a thousand readers who resume from one place share one read and one encoding", async () => {
  const { stage, ada, room, log } = await roomOf(20);
  let reads = 0;
  const entries = stage.store.entries.bind(stage.store);
  stage.store.entries = (...args) => {
    reads += 1;
    return entries(...args);
  };
  const cursor = cursorOn(room, log[2] as Entry);
  const before = stage.codec.encodings;
  const seats = await Promise.all(Array.from({ length: 1000 }, () => stage.seat(ada, [cursor])));
  expect(seats.every((seat) => seat.entries(room).length === log.length - 3)).toBe(true);
  expect(reads).toBeLessThanOrEqual(2);
  // Besides that one encoding, each is told of its inbox and that it is caught up.
  expect(stage.codec.encodings - before).toBeLessThanOrEqual(2 * 1000 + 3);
});

test("[RES9] after a deletion neither a resume nor a page brings the text, though it was in the tail", async () => {
  const { stage, ada, ben, room, log } = await roomOf(3);
  const reader = await stage.seat(ben, [cursorOn(room, log[0] as Entry)]);
  const { seq } = await stage.post(ada, room, "a secret");
  await stage.chat.run({ user: ada }, "edit", { key: stage.key(), conversation: room, target: seq, text: "a secret!" });
  await stage.chat.run({ user: ada }, "delete", { key: stage.key(), conversation: room, target: seq });
  await stage.settle();
  expect(JSON.stringify(reader.frames)).toContain("a secret");
  const late = await stage.seat(ben, [cursorOn(room, log[0] as Entry)]);
  expect(late.entries(room).at(-1)).toMatchObject({ kind: "deleted", body: { target: seq, of: ada.id } });
  expect(JSON.stringify(late.frames)).not.toContain("secret");
  const page = await stage.chat.run({ user: ben }, "history", { conversation: room });
  expect(JSON.stringify(page)).not.toContain("secret");
});

test("[BND1] the tails of a node stay within their budget, the least recently used give way first", async () => {
  const store = memoryStore();
  const stage = new Stage({ store, limits: { tailBytes: 4000 } });
  const ada = await stage.person("Ada");
  const rooms = [await stage.room(ada), await stage.room(ada), await stage.room(ada)];
  await stage.seat(ada);
  for (const room of rooms) for (let i = 0; i < 10; i++) await stage.post(ada, room, "x".repeat(50));
  await stage.chat.beat(new Map());
  const bytes = stage.chat.feeds.all().reduce((sum, feed) => sum + feed.tail.bytes, 0);
  expect(bytes).toBeLessThanOrEqual(4000);
  expect(bytes).toBeGreaterThan(0);
});

/** A socket whose reader takes nothing before it is waited for. */
class SlowSeat extends Seat {
  most = 0;
  #waiting = 0;

  override send(payload: string): void {
    this.most = Math.max(this.most, this.#waiting);
    this.#waiting += Buffer.byteLength(payload);
    super.send(payload);
  }

  override waiting(): number {
    return this.#waiting;
  }

  override async drained(): Promise<void> {
    this.#waiting = 0;
  }
}

test("[RES12] a resume of much more than may wait for a slow reader says nothing to one for whom too much waits", async () => {
  for (const allowed of [128 * 1024, 1024 * 1024]) {
    const stage = new Stage({ limits: configFrom({ PARLEY_SLOW_READER_BYTES: `${allowed}` }).chat });
    const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
    const rooms = await Promise.all(Array.from({ length: 40 }, () => stage.room(ada, ben)));
    const cursors = [];
    for (const room of rooms) {
      cursors.push(cursorOn(room, (await stage.store.entries(room, 0, 100, 1e9)).at(-1) as Entry));
      for (let i = 0; i < 5; i++) await stage.post(ada, room, `${i} ${"x".repeat(6_000)}`);
    }
    const seat = new SlowSeat(stage);
    seat.connection = stage.chat.connect(ben, stage.codec, seat);
    await seat.connection.resume(stage.store.epoch, cursors);
    expect(rooms.map((room) => seat.texts(room).length)).toEqual(rooms.map(() => 5));
    expect(seat.most).toBeLessThan(allowed);
    expect(seat.frames.at(-1)?.t).toBe("caught_up");
  }
});
