import { expect, test } from "bun:test";
import {
  direct,
  draft,
  first,
  joined,
  left,
  message,
  type Open,
  openedBy,
  opens,
  play,
  verdicts,
  write,
} from "./kit.ts";

/** Exactly once: what a key gives, and what it does not claim. */
export function keysContract(open: Open): void {
  test("[KEY1] a key that comes again gives the entry that it made, at once and later", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const at = await world.place([ann]);
      const same = () => write(message(ann, at, "k", "hello"));
      const [made, twin] = await world.commit(same(), same());
      const logged = first(made);
      expect(twin).toEqual({ is: "duplicate", logged, opened: null });
      await world.say(ann, at, "something else");
      expect(await world.commit(same())).toEqual([{ is: "duplicate", logged, opened: null }]);
    }));

  test("[KEY1] the same key with other content is told as reused, and changes nothing", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const at = await world.place([ann]);
      await world.log(message(ann, at, "k", "hello"));
      expect(await world.commit(write(message(ann, at, "k", "good-bye")))).toEqual([{ is: "reused" }]);
      expect((await world.store.heads([at])).get(at)?.seq).toBe(3);
    }));

  test("[KEY1] a key belongs to its author and its conversation", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const [kitchen, garden] = [await world.place([ann, bob]), await world.place([ann, bob])];
      const outcomes = await world.commit(
        write(message(ann, kitchen, "k", "one")),
        write(message(bob, kitchen, "k", "two")),
        write(message(ann, garden, "k", "three")),
      );
      expect(verdicts(outcomes)).toEqual(["written", "written", "written"]);
    }));

  test("[KEY1] a success stays one after the membership that allowed it ended", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = await world.place([ann, bob]);
      const guarded = (key: string) =>
        write(message(bob, at, key, "hello"), { is: "member", conversation: at, user: bob.id, since: 3 });
      const [made] = await world.commit(guarded("k"));
      await world.log(left(bob, at, "out"));
      const [again, fresh] = await world.commit(guarded("k"), guarded("new"));
      expect(again).toMatchObject({ is: "duplicate", logged: first(made) });
      expect(fresh).toMatchObject({ is: "refused" });
    }));

  test("[KEY2] a key keeps its entry after the text was erased", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const at = await world.place([ann]);
      const same = () => write(message(ann, at, "k", "secret"));
      const [made] = await world.commit(same());
      const { entry } = first(made);
      await world.log(draft(ann, at, "d", "deleted", { target: entry.seq, of: ann.id }));
      const blanked = { ...entry, body: { text: null } };
      expect(await world.commit(same())).toEqual([
        { is: "duplicate", logged: { conversation: at, entry: blanked } as never, opened: null },
      ]);
      expect(verdicts(await world.commit(write(message(ann, at, "k", "other"))))).toEqual(["reused"]);
    }));

  test("[KEY3] one key opens one room, and its repetition names that room", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const [made, again] = await world.commit(opens([ann], "k"), opens([ann], "k"));
      expect(again).toEqual({ is: "duplicate", logged: first(made), opened: openedBy(made) });
      expect(await world.store.memberships(ann.id)).toHaveLength(1);
    }));

  test("[KEY3] two people have one direct, whoever opens it, also in one batch", () =>
    play(open, async (world) => {
      const [ann, bob, eve] = [await world.person("Ann"), await world.person("Bob"), await world.person("Eve")];
      const [made, other, again] = await world.commit(
        direct([ann, bob], "a"),
        direct([bob, ann], "b"),
        direct([ann, bob], "c"),
      );
      const opened = openedBy(made);
      const told = (await world.store.entry(bob.inbox, 1)) as never;
      expect(other).toEqual({ is: "duplicate", logged: { conversation: bob.inbox, entry: told }, opened });
      expect(again).toEqual({ is: "duplicate", logged: first(made), opened });
      const [third] = await world.commit(direct([ann, eve], "d"));
      expect(openedBy(third)).not.toBe(opened);
    }));

  test("[KEY3] the one direct of two people is found by them, in either order", () =>
    play(open, async (world) => {
      const [ann, bob, eve] = [await world.person("Ann"), await world.person("Bob"), await world.person("Eve")];
      const [made] = await world.commit(direct([bob, ann], "a"));
      const row = await world.store.conversation(openedBy(made));
      expect([await world.store.direct(ann.id, bob.id), await world.store.direct(bob.id, ann.id)]).toEqual([row, row]);
      expect(await world.store.direct(ann.id, eve.id)).toBeNull();
    }));

  test("[KEY3] a direct of which its author was never told is answered with its first entry", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const silent = direct([ann, bob], "a");
      silent.drafts.pop();
      const opened = openedBy((await world.commit(silent))[0]);
      const beginning = (await world.store.entry(opened, 1)) as never;
      expect(await world.commit(direct([bob, ann], "b"))).toEqual([
        { is: "duplicate", logged: { conversation: opened, entry: beginning }, opened },
      ]);
    }));

  test("[KEY4] only the first entry of a write claims its key", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const [kitchen, garden] = [await world.place([ann]), await world.place([ann])];
      const adds = (at: number) =>
        write([
          { ...joined(bob, at, "k"), author: ann.id },
          draft(ann, bob.inbox, "same", "added", { conversation: at }),
        ]);
      expect(verdicts(await world.commit(adds(kitchen), adds(garden)))).toEqual(["written", "written"]);
      expect((await world.store.heads([bob.inbox])).get(bob.inbox)?.seq).toBe(2);
      expect(await world.store.recall(ann.id, bob.inbox, "same")).toBeNull();
    }));

  test("[KEY4] a refused write has not used its key", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const at = await world.place([ann]);
      const refused = write(message(ann, at, "k", "one"), { is: "stranger", conversation: at, user: ann.id });
      expect(verdicts(await world.commit(refused))).toEqual(["refused"]);
      expect(await world.store.recall(ann.id, at, "k")).toBeNull();
      expect(verdicts(await world.commit(write(message(ann, at, "k", "two"))))).toEqual(["written"]);
    }));

  test("[KEY4] what a key made can be asked for, with the digest of its command", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = await world.place([ann]);
      const drafted = message(ann, at, "k", "hello");
      const logged = await world.log(drafted);
      expect(await world.store.recall(ann.id, at, "k")).toEqual({ logged, digest: drafted.digest });
      expect(await world.store.recall(bob.id, at, "k")).toBeNull();
      expect(await world.store.recall(ann.id, 999, "k")).toBeNull();
    }));
}
