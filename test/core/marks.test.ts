import { expect, test } from "bun:test";
import { memoryBus } from "@parley/server/bus/memory";
import type { Bus, Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";
import { memoryStore } from "@parley/server/store/memory/memory";
import { type Seat, Stage } from "../kit/stage.ts";

/** A bus that drops what is told of marks while it is deaf. */
function deafBus(): Bus & { deaf: boolean } {
  const bus = memoryBus();
  return {
    ...bus,
    deaf: false,
    publish(conversation, note) {
      if (!this.deaf || note.is !== "marks") bus.publish(conversation, note);
    },
  };
}

/** Ada and Ben in a direct and in a room, each with something that Ada wrote; Ada and Ben look on, Ben from two devices. */
async function scene() {
  const [bus, store] = [deafBus(), memoryStore()];
  const stage = new Stage({ bus, store });
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const room = await stage.room(ada, ben);
  const opened = await stage.chat.run({ user: ada }, "open_direct", { key: stage.key(), user: ben.id });
  const pair = opened.conversation.id;
  const { seq } = await stage.post(ada, room, "hello");
  const said = await stage.post(ada, pair, "hello, Ben");
  const seats = { ada: await stage.seat(ada), ben: await stage.seat(ben), other: await stage.seat(ben) };
  return { bus, store, stage, ada, ben, room, pair, seq, said: said.seq, seats };
}

type Scene = Awaited<ReturnType<typeof scene>>;

async function read({ stage }: Scene, user: User, conversation: number, seq: number): Promise<void> {
  await stage.chat.run({ user }, "mark", { conversation, read: seq });
  await stage.settle();
}

async function beat({ stage }: Scene): Promise<void> {
  await stage.chat.beat(new Map());
  await stage.settle();
}

/** Which marks a seat was told since it was last asked: conversation, person, how far they read. */
function toldOf(seat: Seat): number[][] {
  const frames = seat.told("marks");
  seat.frames.splice(0);
  return frames.flatMap(({ conversation, marks }) => marks.map((mark) => [conversation, mark.user, mark.read]));
}

/** How often the store was asked for marks. */
function counted(store: Store): () => number {
  let asked = 0;
  for (const name of ["marks", "memberships"] as const) {
    const ask = store[name].bind(store) as (id: number) => Promise<never>;
    store[name] = (id: number) => {
      asked += 1;
      return ask(id);
    };
  }
  return () => asked;
}

test("[MARK8] a mark whose telling was lost is told at the next beat, to everybody where few talk", async () => {
  const now = await scene();
  const { bus, ada, ben, pair, said, seats } = now;
  bus.deaf = true;
  await read(now, ben, pair, said);
  expect(toldOf(seats.ada)).toEqual([]);
  await beat(now);
  const marks = await now.store.marks(pair);
  expect(marks.find(({ user }) => user === ben.id)).toMatchObject({ read: said });
  for (const seat of [seats.ada, seats.other]) {
    expect(toldOf(seat)).toEqual(marks.map(({ user, read }) => [pair, user, read]));
  }
  await beat(now);
  expect(toldOf(seats.ada)).toEqual([]);
  bus.deaf = false;
  await read(now, ada, pair, said);
  expect(toldOf(seats.other)).toEqual([[pair, ada.id, said]]);
  await beat(now);
  expect(toldOf(seats.other)).toEqual([]);
});

test("[MARK8] in a room the other devices of whoever read are told at the next beat, and nobody else", async () => {
  const now = await scene();
  const { bus, ben, room, seq, seats } = now;
  bus.deaf = true;
  await read(now, ben, room, seq);
  expect(toldOf(seats.other)).toEqual([]);
  await beat(now);
  expect(toldOf(seats.other)).toEqual([[room, ben.id, seq]]);
  expect(toldOf(seats.ada)).toEqual([]);
});

test("[MARK8] where a later telling came through, what was lost before it is told at the next beat", async () => {
  const now = await scene();
  const { bus, ada, ben, pair, said, seats } = now;
  bus.deaf = true;
  await read(now, ben, pair, said);
  bus.deaf = false;
  await read(now, ada, pair, said);
  expect(toldOf(seats.ada)).toEqual([[pair, ada.id, said]]);
  await beat(now);
  expect(toldOf(seats.ada)).toContainEqual([pair, ben.id, said]);
});

test("[MARK8] where no telling was lost a beat reads no marks and tells none", async () => {
  const now = await scene();
  const { stage, ada, ben, room, pair, seq, said, seats } = now;
  const moves = [read(now, ben, pair, said), read(now, ben, room, seq), read(now, ada, pair, said)];
  await Promise.all(moves);
  await read(now, ben, pair, said);
  expect(toldOf(seats.other)).toHaveLength(3);
  expect(toldOf(seats.ada)).toHaveLength(2);
  const late = await stage.seat(ada);
  late.frames.splice(0);
  const asked = counted(now.store);
  await beat(now);
  expect([seats.other, seats.ada, late].map(toldOf)).toEqual([[], [], []]);
  expect(asked()).toBe(0);
});

/** Something happens after a summary has read its marks of this conversation, and before it has them. */
function afterReading(store: Store, name: "marks" | "sight", at: number, happens: () => Promise<unknown>): void {
  const real = store[name].bind(store) as (...args: unknown[]) => Promise<unknown>;
  const waits = async (...args: unknown[]) => {
    const found = await real(...args);
    if (args[0] !== at) return found;
    Object.assign(store, { [name]: real });
    await happens();
    return found;
  };
  Object.assign(store, { [name]: waits });
}

for (const where of ["pair", "room"] as const) {
  test(`[MARK8] a mark that is told while a summary is on its way comes to that reader at the next beat: ${where}`, async () => {
    const now = await scene();
    const { store, stage, ada, ben } = now;
    const [at, seq, reader] = where === "pair" ? [now.pair, now.said, ada] : [now.room, now.seq, ben];
    afterReading(store, where === "pair" ? "marks" : "sight", at, () => read(now, ben, at, seq));
    const late = await stage.seat(reader);
    expect(late.told("conversation").find(({ conversation }) => conversation.id === at)).toBeDefined();
    late.frames.splice(0);
    await beat(now);
    expect(toldOf(late)).toContainEqual([at, ben.id, seq]);
  });
}

test("[MARK8] where the marks cannot be read they are told at the beat after", async () => {
  const now = await scene();
  const { bus, store, ben, pair, said, seats } = now;
  bus.deaf = true;
  await read(now, ben, pair, said);
  const { marks } = store;
  store.marks = async () => {
    throw new Error("The disk does not answer.");
  };
  await beat(now);
  expect(toldOf(seats.ada)).toEqual([]);
  store.marks = marks;
  await beat(now);
  expect(toldOf(seats.ada)).toContainEqual([pair, ben.id, said]);
});
