import { expect, test } from "bun:test";
import type { Entry } from "@parley/protocol/entries";
import type { Item } from "@parley/protocol/messages";
import { SCANNED } from "../bounds.ts";
import { draft, message, NOW, type Open, play, type World, write } from "./kit.ts";

/** A room with two entries of its beginning and then messages 3 to `last`. */
async function talked(world: World, last: number) {
  const ann = await world.person("Ann");
  const at = await world.place([ann]);
  const writes = [];
  for (let seq = 3; seq <= last; seq++) writes.push(write(message(ann, at, `k${seq}`, `text ${seq}`)));
  await world.commit(...writes);
  return { ann, at };
}

function seqsOf(items: readonly Item[]): number[] {
  return items.map((item) => (item.kind === "message" ? item.seq : item.entry.seq));
}

/** Reading the log: as entries, and as pages of what they add up to. */
export function historyContract(open: Open): void {
  test("[LOG10] entries come oldest first, no more than asked for", () =>
    play(open, async (world) => {
      const { at } = await talked(world, 8);
      const seqs = async (after: number, limit: number, bytes = 1e6) =>
        (await world.store.entries(at, after, limit, bytes)).map(({ seq }) => seq);
      expect(await seqs(0, 3)).toEqual([1, 2, 3]);
      expect(await seqs(5, 10)).toEqual([6, 7, 8]);
      expect(await seqs(8, 10)).toEqual([]);
      expect(await seqs(99, 10)).toEqual([]);
      expect(await world.store.entries(999, 0, 10, 1e6)).toEqual([]);
    }));

  test("[LOG10] entries stop at about so many bytes, but there is always one where there is one", () =>
    play(open, async (world) => {
      const { ann, at } = await talked(world, 2);
      for (let n = 0; n < 5; n++) await world.say(ann, at, "x".repeat(8000));
      expect(await world.store.entries(at, 2, 100, 1)).toHaveLength(1);
      expect(await world.store.entries(at, 2, 100, 20_000)).toHaveLength(2);
      expect(await world.store.entries(at, 2, 100, 1e6)).toHaveLength(5);
    }));

  test("[LOG10] an entry is read as it was told when it was written", () =>
    play(open, async (world) => {
      const { ann, at } = await talked(world, 2);
      const text = 'quote " back \\ zero \u0000 smile 😀 separator \u2028 end';
      const { entry } = await world.say(ann, at, text, [ann.id]);
      expect(await world.store.entry(at, entry.seq)).toEqual(entry);
      expect(await world.store.entries(at, entry.seq - 1, 1, 1e6)).toEqual([entry]);
      expect(await world.store.entry(at, entry.seq + 1)).toBeNull();
      expect(await world.store.entry(at, 0)).toBeNull();
    }));

  test("[LOG14] an entry is found by its id on the whole server, and is the one that stands in its log", () =>
    play(open, async (world) => {
      const { ann, at } = await talked(world, 4);
      const other = await world.place([ann]);
      const { entry } = await world.say(ann, other, "elsewhere");
      expect(await world.store.located(entry.id)).toEqual({ conversation: other, entry });
      const [first] = await world.store.entries(at, 2, 1, 1e6);
      expect(await world.store.located(first?.id ?? 0)).toEqual({ conversation: at, entry: first as Entry });
      for (const id of [0, -1, entry.id + 1, 2 ** 52]) expect(await world.store.located(id)).toBeNull();
      await world.log(draft(ann, other, "d", "deleted", { target: entry.seq, of: ann.id }));
      expect((await world.store.located(entry.id))?.entry.body).toEqual({ text: null });
    }));

  test("[LOG15] messages are counted where they stand, whatever became of them, and nothing else is", () =>
    play(open, async (world) => {
      const { ann, at } = await talked(world, 4);
      const count = async () => (await world.store.conversation(at))?.messages;
      expect(await count()).toBe(2);
      await world.commit(
        write(message(ann, at, "k4", "text 4")),
        write(draft(ann, at, "r", "renamed", { name: "Hall" })),
        write(draft(ann, at, "e", "edited", { target: 3, text: "edited" })),
        write(draft(ann, at, "d", "deleted", { target: 3, of: ann.id })),
        write(message(ann, at, "no", "refused"), { is: "fewer", conversation: at, than: 0 }),
        write(message(ann, at, "yes", "counted")),
      );
      expect(await count()).toBe(3);
    }));

  test("[LOG16] a page says what a message replies to, until that message is deleted", () =>
    play(open, async (world) => {
      const { ann, at } = await talked(world, 3);
      const { entry } = await world.log(draft(ann, at, "re", "message", { text: "yes", reply_to: 3 }));
      const shown = async () => (await world.store.stretch(at, { after: 3 }, 1, 9)).items[0];
      expect(await shown()).toMatchObject({ text: "yes", reply_to: 3 });
      await world.log(draft(ann, at, "e", "edited", { target: entry.seq, text: "no" }));
      expect(await shown()).toMatchObject({ text: "no", reply_to: 3 });
      await world.log(draft(ann, at, "d", "deleted", { target: entry.seq, of: ann.id }));
      expect(await shown()).not.toHaveProperty("reply_to");
    }));

  test("[LOG11] a page backward ends before its seq, covers what it says and holds all of it", () =>
    play(open, async (world) => {
      const { at } = await talked(world, 10);
      const page = await world.store.stretch(at, { before: 9 }, 1, 3);
      expect(page).toMatchObject({ from: 6, to: 8, asOf: 10 });
      expect(seqsOf(page.items)).toEqual([6, 7, 8]);
      const rest = await world.store.stretch(at, { before: 6 }, 1, 50);
      expect(rest).toMatchObject({ from: 1, to: 5 });
      expect(seqsOf(rest.items)).toEqual([1, 2, 3, 4, 5]);
      const newest = await world.store.stretch(at, { before: Number.MAX_SAFE_INTEGER }, 1, 2);
      expect(newest).toMatchObject({ from: 9, to: 10 });
    }));

  test("[LOG11] a page forward begins after its seq and ends at the head at the latest", () =>
    play(open, async (world) => {
      const { at } = await talked(world, 10);
      const page = await world.store.stretch(at, { after: 4 }, 1, 3);
      expect(page).toMatchObject({ from: 5, to: 7, asOf: 10 });
      expect(seqsOf(page.items)).toEqual([5, 6, 7]);
      const rest = await world.store.stretch(at, { after: 7 }, 1, 50);
      expect(rest).toMatchObject({ from: 8, to: 10 });
      expect(seqsOf(rest.items)).toEqual([8, 9, 10]);
    }));

  test("[LOG11] no page goes below the lowest seq, and one that has nothing to cover is empty", () =>
    play(open, async (world) => {
      const { at } = await talked(world, 10);
      expect(await world.store.stretch(at, { before: 8 }, 6, 50)).toMatchObject({ from: 6, to: 7 });
      expect(await world.store.stretch(at, { after: 2 }, 6, 2)).toMatchObject({ from: 6, to: 7 });
      for (const nothing of [
        await world.store.stretch(at, { before: 6 }, 6, 50),
        await world.store.stretch(at, { before: 1 }, 1, 50),
        await world.store.stretch(at, { before: 3 }, 6, 50),
        await world.store.stretch(at, { after: 10 }, 1, 50),
        await world.store.stretch(at, { after: 99 }, 1, 50),
        await world.store.stretch(999, { before: 50 }, 1, 50),
      ]) {
        expect(nothing.items).toEqual([]);
        expect(nothing.from).toBeGreaterThan(nothing.to);
      }
    }));

  test("[LOG11] edits and deletions have no item: they change the one they speak of, and are covered", () =>
    play(open, async (world) => {
      const { ann, at } = await talked(world, 5);
      await world.store.commit(
        [
          { ...write(draft(ann, at, "e1", "edited", { target: 3, text: "better" })), time: NOW + 1 },
          { ...write(draft(ann, at, "e2", "edited", { target: 3, text: "best" })), time: NOW + 2 },
          { ...write(draft(ann, at, "d", "deleted", { target: 4, of: ann.id })), time: NOW + 3 },
        ],
        [],
      );
      await world.say(ann, at, "last", [ann.id]);
      const page = await world.store.stretch(at, { before: 10 }, 1, 3);
      expect(page).toMatchObject({ from: 4, to: 9, asOf: 9 });
      expect(page.items).toMatchObject([
        { seq: 4, text: null, deleted: true, mentions: [], edited: null },
        { seq: 5, text: "text 5", deleted: false },
        { seq: 9, text: "last", mentions: [ann.id] },
      ]);
      const [edited] = (await world.store.stretch(at, { before: 4 }, 3, 3)).items;
      const { kind, body: _, ...same } = (await world.store.entry(at, 3)) as Entry;
      expect(edited).toEqual({ kind: "message", ...same, text: "best", mentions: [], edited: NOW + 2, deleted: false });
      expect(kind).toBe("message");
      const only = await world.store.stretch(at, { after: 5 }, 1, 50);
      expect(only).toMatchObject({ from: 6, to: 9 });
      expect(seqsOf(only.items)).toEqual([9]);
    }));

  test("[LOG11] whatever is no message stands in history as it stands in the log", () =>
    play(open, async (world) => {
      const { ann, at } = await talked(world, 2);
      await world.log(draft(ann, at, "r", "renamed", { name: "Attic" }));
      const entries = await world.store.entries(at, 0, 10, 1e6);
      const { items } = await world.store.stretch(at, { after: 0 }, 1, 10);
      expect(items).toEqual(entries.map((entry) => ({ kind: "notice", entry })));
    }));

  test("[LOG11] a page looks at a bounded number of entries: where few are items, it covers fewer seqs", () =>
    play(open, async (world) => {
      const { ann, at } = await talked(world, 3);
      const edits = Array.from({ length: SCANNED + 10 }, (_, n) =>
        write(draft(ann, at, `e${n}`, "edited", { target: 3, text: `${n}` })),
      );
      await world.commit(...edits);
      const head = SCANNED + 13;
      expect(await world.store.stretch(at, { before: head + 1 }, 1, 50)).toEqual({
        from: head - SCANNED + 1,
        to: head,
        asOf: head,
        items: [],
      });
      expect(await world.store.stretch(at, { after: 3 }, 1, 50)).toEqual({
        from: 4,
        to: SCANNED + 3,
        asOf: head,
        items: [],
      });
      const { items } = await world.store.stretch(at, { before: 4 }, 3, 50);
      expect(items).toMatchObject([{ text: `${SCANNED + 9}` }]);
    }));

  test("[LOG11] pages in either direction, put together, are the whole log", () =>
    play(open, async (world) => {
      const { at } = await talked(world, 57);
      const [back, forth]: [number[], number[]] = [[], []];
      for (let before = 58; before > 1; ) {
        const page = await world.store.stretch(at, { before }, 1, 10);
        back.unshift(...seqsOf(page.items));
        before = page.from;
      }
      for (let after = 0; after < 57; ) {
        const page = await world.store.stretch(at, { after }, 1, 10);
        forth.push(...seqsOf(page.items));
        after = page.to;
      }
      const all = Array.from({ length: 57 }, (_, n) => n + 1);
      expect(back).toEqual(all);
      expect(forth).toEqual(all);
    }));
}
