import { expect, test } from "bun:test";
import { memoryBus } from "@parley/server/bus/memory";
import type { Bus } from "@parley/server/core/ports";
import { memoryStore } from "@parley/server/store/memory/memory";
import { Stage } from "../kit/stage.ts";

/** What somebody inside the node heard. */
function listener() {
  const seqs: number[] = [];
  const texts: unknown[] = [];
  const marks: number[] = [];
  const ends: string[] = [];
  return {
    ...{ seqs, texts, marks, ends },
    heard: (entries: readonly { seq: number; kind: string; body: object }[]) => {
      for (const { seq, kind, body } of entries) {
        seqs.push(seq);
        if (kind === "message") texts.push((body as { text: string }).text);
      }
    },
    told: (told: readonly { marks: { read: number }[] }[]) => {
      marks.push(...told.flatMap((signal) => signal.marks.map(({ read }) => read)));
    },
    gone: () => void ends.push("gone"),
  };
}

test("[HOME1] a tap hears every entry once and in order from the moment of tapping, and nothing after it was taken away", async () => {
  const stage = new Stage();
  const ada = await stage.person("Ada");
  const room = await stage.room(ada);
  await stage.post(ada, room, "Before.");
  const [one, two] = [listener(), listener()];
  const first = await stage.chat.tap(room, one);
  expect([first.from, first.row.name]).toEqual([3, "A room"]);
  await Promise.all(["a", "b", "c"].map((text) => stage.post(ada, room, text)));
  await stage.settle();
  const second = await stage.chat.tap(room, two);
  await stage.post(ada, room, "d");
  await stage.settle();
  first.untap();
  first.untap();
  await stage.post(ada, room, "e");
  await stage.settle();
  expect(one.texts).toEqual(["a", "b", "c", "d"]);
  expect(one.seqs).toEqual([4, 5, 6, 7]);
  expect(two.texts).toEqual(["d", "e"]);
  expect(second.row.head).toBe(8);
  expect(stage.chat.feeds.all()).toHaveLength(1);
  second.untap();
  expect(stage.chat.feeds.all()).toHaveLength(0);
});

test("[HOME1] a tap hears what its node's doorbell lost, at the next beat and in order", async () => {
  const store = memoryStore();
  const real = memoryBus();
  let silent = false;
  const bus: Bus = { ...real, publish: (id, note) => void (silent || real.publish(id, note)) };
  const stage = new Stage({ store, bus });
  const ada = await stage.person("Ada");
  const room = await stage.room(ada);
  const heard = listener();
  await stage.chat.tap(room, heard);
  silent = true;
  await stage.post(ada, room, "lost");
  silent = false;
  await stage.chat.beat(new Map());
  await stage.settle();
  await stage.post(ada, room, "heard");
  await stage.settle();
  expect(heard.texts).toEqual(["lost", "heard"]);
});

test("[HOME1] a tap hears what is committed while it is being opened exactly once", async () => {
  const store = memoryStore();
  const stage = new Stage({ store });
  const ada = await stage.person("Ada");
  const room = await stage.room(ada);
  const read = store.conversation.bind(store);
  const before = (await read(room))?.head ?? 0;
  let posts = 2;
  store.conversation = async (id) => {
    if (posts-- > 0) await stage.post(ada, room, `during ${posts}`);
    const row = await read(id);
    await stage.settle();
    return row;
  };
  const heard = listener();
  const { from } = await stage.chat.tap(room, heard);
  await stage.post(ada, room, "after");
  await stage.settle();
  expect(from).toBeGreaterThanOrEqual(before);
  expect(heard.seqs).toEqual(Array.from({ length: before + 3 - from }, (_, at) => from + 1 + at));
});

test("[HOME1] a tap is told of marks where followers are, and that the room is gone", async () => {
  const stage = new Stage();
  const [ada, ben] = [await stage.person("Ada"), await stage.person("Ben")];
  const made = await stage.chat.run({ user: ada }, "open_direct", { key: stage.key(), user: ben.id });
  const direct = listener();
  await stage.chat.tap(made.conversation.id, direct);
  await stage.post(ada, made.conversation.id, "Hello.");
  await stage.chat.run({ user: ben }, "mark", { conversation: made.conversation.id, read: 4 });
  await stage.settle();
  expect(direct.marks).toEqual([4]);

  const room = await stage.room(ada);
  const heard = listener();
  await stage.chat.tap(room, heard);
  await stage.chat.run({ user: ada }, "delete_room", { key: stage.key(), conversation: room });
  await stage.settle();
  expect([heard.seqs, heard.ends]).toEqual([[3], ["gone"]]);
  expect(stage.chat.feeds.get(room)).toBeUndefined();
  expect(await stage.chat.tap(room, heard).catch((error) => error.code)).toBe("gone");
  expect(await stage.chat.tap(999_999, heard).catch((error) => error.code)).toBe("not_found");
});
