import { expect, test } from "bun:test";
import { direct, draft, first, message, NOW, type Open, openedBy, play, write } from "./kit.ts";

/** What an adapter cannot do by its nature, each with the reason. */
export interface Gaps {
  restart?: string;
}

/** What is there after the store was closed and opened again. */
export function restartContract(open: Open, gaps: Gaps): void {
  if (gaps.restart !== undefined) forgetful(open, gaps.restart);
  else lasting(open);
}

function forgetful(open: Open, reason: string): void {
  test("[DUR2] a store that keeps nothing says why, and begins another epoch", () =>
    play(open, async (world) => {
      expect(reason).toMatch(/\w+ \w+/);
      const ann = await world.person("Ann");
      const { epoch } = world.store;
      await world.restart();
      expect(world.store.epoch).not.toBe(epoch);
      expect(await world.store.users([ann.id])).toEqual([]);
    }));
}

function lasting(open: Open): void {
  test("[DUR2] everything that a promise resolved with is there after a restart, in the same epoch", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = await world.place([ann, bob], { topic: "Soup" });
      const { entry } = await world.say(ann, at, "hello @bob", [bob.id]);
      await world.log(draft(ann, at, "e", "edited", { target: entry.seq, text: "hi @bob" }));
      const pair = openedBy((await world.commit(direct([ann, bob], "d")))[0]);
      await world.mark([at, bob, 4, 0]);
      await world.log(draft(ann, ann.inbox, "b", "blocked", { user: bob.id }));
      let asked = 0;
      const all = async () => ({
        epoch: world.store.epoch,
        people: [await world.store.userByToken("token of Ann", NOW), await world.store.usersByHandle(["bob"])],
        blocks: await world.store.blocks(ann.id, 0, 9),
        memberships: [await world.store.memberships(ann.id), await world.store.memberships(bob.id)],
        entries: [await world.store.entries(at, 0, 100, 1e6), await world.store.entries(bob.inbox, 0, 100, 1e6)],
        stretch: await world.store.stretch(at, { after: 0 }, 1, 100),
        marks: [await world.store.marks(at), await world.store.unread(at, bob.id, 3)],
        rooms: await world.store.rooms(bob.id, { after: 0, limit: 9, query: "kitchen" }),
        heads: [...(await world.store.heads([at, pair, ann.inbox]))],
        spans: await world.store.spans(at, bob.id),
        house: await world.store.house({ name: "Parley", handles: [`h-${++asked}`], time: NOW }),
        named: await world.store.roomNamed("Kitchen"),
        recall: await world.store.recall(ann.id, at, "e"),
      });
      const before = await all();
      expect(before.stretch.items).toHaveLength(4);
      await world.restart();
      expect(await all()).toEqual(before);
    }));

  test("[DUR2] after a restart the log goes on where it was, with new ids and old keys", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const at = await world.place([ann]);
      const logged = await world.log(message(ann, at, "k", "hello"));
      await world.restart();
      const [again, next] = await world.commit(
        write(message(ann, at, "k", "hello")),
        write(message(ann, at, "k2", "hello")),
      );
      expect(again).toEqual({ is: "duplicate", logged, opened: null });
      expect(first(next).entry.seq).toBe(logged.entry.seq + 1);
      expect(first(next).entry.id).toBeGreaterThan(logged.entry.id);
      const bob = await world.person("Bob");
      expect(bob.id).toBe(ann.id + 1);
      expect(bob.inbox).toBeGreaterThan(at);
      await expect(world.store.enrol({ name: "ANN", handles: ["x"], tokenHash: "x", time: NOW })).rejects.toMatchObject(
        {
          code: "name_taken",
        },
      );
    }));
}
