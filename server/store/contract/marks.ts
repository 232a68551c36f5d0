import { expect, test } from "bun:test";
import type { ConversationId } from "@parley/protocol/ids";
import type { User } from "../../core/rows.ts";
import { COUNTED } from "../bounds.ts";
import { direct, draft, joined, left, message, NOW, type Open, openedBy, play, type World, write } from "./kit.ts";

async function twoTalk(world: World) {
  const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
  const at = await world.place([ann, bob]);
  for (const text of ["one", "two", "three"]) await world.say(ann, at, text);
  return { ann, bob, at };
}

/** How often marks moved of which the followers of each are told. */
async function countsOf({ store }: World, ...ids: ConversationId[]): Promise<(number | undefined)[]> {
  const heads = await store.heads(ids);
  return ids.map((id) => heads.get(id)?.moved);
}

/** Read state: marks that move forward only, and what is derived from them. */
export function marksContract(open: Open): void {
  test("[MARK1] a mark moves forward only, and no further than the head", () =>
    play(open, async (world) => {
      const { bob, at } = await twoTalk(world);
      const moved = (delivered: number, read: number) => [{ conversation: at, user: bob.id, delivered, read }];
      expect(await world.mark([at, bob, 5, 4])).toEqual(moved(5, 4));
      expect(await world.mark([at, bob, 4, 3])).toEqual([]);
      expect(await world.mark([at, bob, 0, 5])).toEqual(moved(5, 5));
      expect(await world.mark([at, bob, 99, 5])).toEqual(moved(6, 5));
      expect(await world.mark([at, bob, 6, 1000])).toEqual(moved(6, 6));
      expect(await world.store.member(at, bob.id)).toMatchObject({ delivered: 6, read: 6 });
    }));

  test("[MARK1] what is read is delivered", () =>
    play(open, async (world) => {
      const { bob, at } = await twoTalk(world);
      expect(await world.mark([at, bob, 0, 5])).toEqual([{ conversation: at, user: bob.id, delivered: 5, read: 5 }]);
    }));

  test("[MARK2] a commit tells each given mark that moved once, with the values it has now", () =>
    play(open, async (world) => {
      const { ann, bob, at } = await twoTalk(world);
      const eve = await world.person("Eve");
      const moved = await world.mark(
        [at, bob, 4, 4],
        [at, eve, 5, 5],
        [at, bob, 6, 5],
        [at, ann, 1, 1],
        [999, bob, 1, 1],
      );
      expect(moved).toEqual([{ conversation: at, user: bob.id, delivered: 6, read: 5 }]);
      expect(await world.store.marks(at)).toEqual([
        { user: ann.id, delivered: 2, read: 2 },
        { user: bob.id, delivered: 6, read: 5 },
      ]);
    }));

  test("[MARK2] marks come after the writes of their batch", () =>
    play(open, async (world) => {
      const { ann, bob, at } = await twoTalk(world);
      const mark = { conversation: at, user: bob.id, delivered: 7, read: 7 };
      const seen = await world.store.commit([write(message(ann, at, "k", "four"))], [mark]);
      expect(seen.moved).toEqual([mark]);
      const gone = await world.store.commit([write(left(bob, at, "out"))], [{ ...mark, read: 8 }]);
      expect(gone.moved).toEqual([]);
    }));

  test("[MARK3] a message moves nobody's marks, not even its author's", () =>
    play(open, async (world) => {
      const { ann, bob, at } = await twoTalk(world);
      expect(await world.store.marks(at)).toEqual([
        { user: ann.id, delivered: 2, read: 2 },
        { user: bob.id, delivered: 3, read: 3 },
      ]);
      const { moved } = await world.store.commit([write(message(bob, at, "k", "four"))], []);
      expect(moved).toEqual([]);
      expect(await world.store.unread(at, bob.id, 3)).toEqual({ unread: 3, mentions: 0, asOf: 7 });
    }));

  test("[MARK3] a new member begins with nothing unread, whatever was said before", () =>
    play(open, async (world) => {
      const { at } = await twoTalk(world);
      const eve = await world.person("Eve");
      const { entry } = await world.log(joined(eve, at, "in"));
      expect(await world.store.member(at, eve.id)).toMatchObject({ delivered: entry.seq, read: entry.seq });
      expect(await world.store.unread(at, eve.id, entry.seq)).toEqual({ unread: 0, mentions: 0, asOf: entry.seq });
    }));

  test("[MARK4] unread are the messages of others after the mark that were not deleted", () =>
    play(open, async (world) => {
      const { ann, bob, at } = await twoTalk(world);
      const count = (read: number) => world.store.unread(at, bob.id, read);
      expect(await count(0)).toEqual({ unread: 3, mentions: 0, asOf: 6 });
      expect(await count(4)).toMatchObject({ unread: 2 });
      expect(await count(6)).toMatchObject({ unread: 0 });
      await world.log(draft(ann, at, "r", "renamed", { name: "Attic" }));
      await world.log(draft(ann, at, "e", "edited", { target: 5, text: "2" }));
      await world.log(draft(ann, at, "d", "deleted", { target: 6, of: ann.id }));
      expect(await count(3)).toEqual({ unread: 2, mentions: 0, asOf: 9 });
      expect(await world.store.unread(at, ann.id, 0)).toMatchObject({ unread: 0 });
    }));

  test("[MARK4] mentions are those unread messages that name the reader, in a direct all of them", () =>
    play(open, async (world) => {
      const { ann, bob, at } = await twoTalk(world);
      await world.say(ann, at, "@bob @ann", [bob.id, ann.id]);
      await world.say(ann, at, "@bob!", [bob.id]);
      const erased = await world.say(ann, at, "@bob?", [bob.id]);
      await world.say(bob, at, "@bob", [bob.id]);
      await world.log(draft(ann, at, "d", "deleted", { target: erased.entry.seq, of: ann.id }));
      expect(await world.store.unread(at, bob.id, 3)).toMatchObject({ unread: 5, mentions: 2 });
      expect(await world.store.unread(at, bob.id, 7)).toMatchObject({ unread: 1, mentions: 1 });
      expect(await world.store.unread(at, ann.id, 0)).toMatchObject({ unread: 1, mentions: 0 });
      const pair = openedBy((await world.commit(direct([ann, bob], "d")))[0]);
      for (const text of ["a", "b"]) await world.say(ann, pair, text);
      expect(await world.store.unread(pair, bob.id, 3)).toMatchObject({ unread: 2, mentions: 2 });
    }));

  test("[MARK4] both counts stop at 1000", () =>
    play(open, async (world) => {
      const { ann, bob, at } = await twoTalk(world);
      const many = Array.from({ length: COUNTED }, (_, n) => write(message(ann, at, `n${n}`, "@bob", [bob.id])));
      await world.commit(...many);
      expect(await world.store.unread(at, bob.id, 7)).toMatchObject({ unread: COUNTED - 1, mentions: COUNTED - 1 });
      expect(await world.store.unread(at, bob.id, 0)).toMatchObject({ unread: COUNTED, mentions: COUNTED });
      expect(COUNTED).toBe(1000);
    }));

  test("[MARK5] an entry reached those other members whose marks are at it, of those who were there before it", () =>
    play(open, async (world) => {
      const people = [];
      for (const name of ["Ann", "Bob", "Cid", "Dee"]) people.push(await world.person(name));
      const [ann, bob, cid] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
      const at = await world.place(people);
      const { entry } = await world.say(ann, at, "who reads this?");
      const reached = () => world.store.reached(at, entry.seq, ann.id);
      expect(await reached()).toEqual({ others: 3, delivered: 0, read: 0 });
      await world.mark([at, bob, entry.seq, 0], [at, cid, entry.seq, entry.seq]);
      expect(await reached()).toEqual({ others: 3, delivered: 2, read: 1 });
      await world.log(joined(await world.person("Eve"), at, "in"));
      expect(await reached()).toEqual({ others: 3, delivered: 2, read: 1 });
      await world.log(left(cid, at, "out"));
      expect(await reached()).toEqual({ others: 2, delivered: 1, read: 0 });
    }));

  test("[MARK6] a move that has a time keeps it, and everybody's times are told by the entry that they passed", () =>
    play(open, async (world) => {
      const [ann, bob, cid] = [await world.person("Ann"), await world.person("Bob"), await world.person("Cid")];
      const at = await world.place([ann, bob, cid], { kind: "group" });
      for (let n = 0; n < 6; n++) await world.say(ann, at, `text ${n}`);
      const move = (user: User, delivered: number, read: number, time?: number) => ({
        ...{ conversation: at, user: user.id, delivered, read },
        ...(time !== undefined && { time }),
      });
      const { moved } = await world.store.commit([], [move(bob, 7, 6, NOW + 1), move(cid, 6, 0)]);
      expect(moved).toEqual([move(bob, 7, 6, NOW + 1), { ...move(cid, 6, 4) }]);
      await world.store.commit([], [move(bob, 9, 9, NOW + 2), move(cid, 8, 0, NOW + 3)]);
      const reachedBy = (seq: number) => world.store.reachedBy(at, seq, ann.id);
      expect(await reachedBy(5)).toEqual([
        { user: bob.id, delivered: NOW + 1, read: NOW + 1 },
        { user: cid.id, delivered: null },
      ]);
      expect(await reachedBy(7)).toEqual([
        { user: bob.id, delivered: NOW + 1, read: NOW + 2 },
        { user: cid.id, delivered: NOW + 3 },
      ]);
      expect(await reachedBy(9)).toEqual([{ user: bob.id, delivered: NOW + 2, read: NOW + 2 }, { user: cid.id }]);
      expect(await world.store.reachedBy(at, 9, bob.id)).toEqual([{ user: ann.id }, { user: cid.id }]);
      expect(await reachedBy(2)).toEqual([]);
    }));

  test("[MARK6] the last 200 moves of each mark are kept, until that membership ends", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = await world.place([ann, bob], { kind: "group" });
      const said = Array.from({ length: 210 }, (_, n) => write(message(ann, at, `n${n}`, "text")));
      await world.commit(...said);
      for (let n = 1; n <= 201; n++) {
        const mark = { conversation: at, user: bob.id, delivered: 3 + n, read: n % 2 ? 0 : 3 + n, time: NOW + n };
        await world.store.commit([], [mark]);
      }
      const [first, second] = [await world.store.reachedBy(at, 4, ann.id), await world.store.reachedBy(at, 5, ann.id)];
      expect(first).toEqual([{ user: bob.id, delivered: null, read: NOW + 2 }]);
      expect(second).toEqual([{ user: bob.id, delivered: NOW + 2, read: NOW + 2 }]);
      expect(await world.store.reachedBy(at, 204, ann.id)).toEqual([{ user: bob.id, delivered: NOW + 201 }]);
      await world.log(left(bob, at, "out"));
      await world.log(joined(bob, at, "in"));
      await world.mark([at, bob, 300, 300]);
      const { head } = (await world.store.conversation(at)) as { head: number };
      expect(await world.store.reachedBy(at, head, ann.id)).toEqual([{ user: bob.id, delivered: null, read: null }]);
    }));

  test("[MARK8] a commit counts once for each conversation with moves that have a time", () =>
    play(open, async (world) => {
      const { ann, bob, at } = await twoTalk(world);
      const pair = openedBy((await world.commit(direct([ann, bob], "d")))[0]);
      const move = (conversation: number, user: User, read: number) => {
        return { conversation, user: user.id, delivered: read, read, time: NOW };
      };
      const both = await world.store.commit([], [move(at, ann, 4), move(at, bob, 4), move(pair, ann, 3)]);
      expect(both.raised).toEqual(
        new Map([
          [at, 1],
          [pair, 1],
        ]),
      );
      const again = await world.store.commit([], [move(at, ann, 4), move(at, bob, 5), move(pair, bob, 1)]);
      expect(again.raised).toEqual(new Map([[at, 2]]));
      expect(await countsOf(world, at, pair, ann.inbox, bob.inbox)).toEqual([2, 1, 0, 0]);
      expect(await world.store.conversation(at)).toMatchObject({ moved: 2 });
    }));

  test("[MARK8] moves without a time count in their owners' inboxes, and what did not move counts nowhere", () =>
    play(open, async (world) => {
      const { ann, bob, at } = await twoTalk(world);
      const other = await world.place([bob]);
      await world.say(bob, other, "one");
      const move = (conversation: number, user: User, read: number) => ({
        ...{ conversation, user: user.id, delivered: read, read },
      });
      const { raised } = await world.store.commit([], [move(at, bob, 4), move(other, bob, 3), move(at, ann, 1)]);
      expect(raised).toEqual(new Map([[bob.inbox, 1]]));
      const said = await world.store.commit([write(message(ann, at, "k", "four"))], []);
      expect(said.raised).toEqual(new Map());
      const mixed = await world.store.commit([], [{ ...move(at, ann, 4), time: NOW }, move(at, bob, 5)]);
      expect(mixed.raised).toEqual(
        new Map([
          [at, 1],
          [bob.inbox, 2],
        ]),
      );
      expect(await countsOf(world, at, other, ann.inbox, bob.inbox)).toEqual([1, 0, 0, 2]);
    }));
}
