import { expect, test } from "bun:test";
import type { User } from "../../core/rows.ts";
import { direct, draft, message, type Open, openedBy, play, verdicts, type World, write } from "./kit.ts";

const block = (by: User, user: User, key: string) => write(draft(by, by.inbox, key, "blocked", { user: user.id }));
const unblock = (by: User, user: User, key: string) => write(draft(by, by.inbox, key, "unblocked", { user: user.id }));

/** Whom somebody takes no messages from. */
export function blocksContract(open: Open): void {
  test("[PEO26] a block stands from its entry on until it is taken back, once however often it is said", () =>
    play(open, async (world) => {
      const [ann, bob, cid] = await three(world);
      await world.commit(block(ann, cid, "a"), block(ann, bob, "b"), block(ann, bob, "c"), block(bob, cid, "d"));
      const { store } = world;
      expect(await store.blocks(ann.id, 0, 9)).toEqual([bob.id, cid.id]);
      expect(await store.blocks(ann.id, 0, 1)).toEqual([bob.id]);
      expect(await store.blocks(ann.id, bob.id, 9)).toEqual([cid.id]);
      expect(await store.blocks(cid.id, 0, 9)).toEqual([]);
      expect(await store.estranged(ann.id, bob.id)).toBe(true);
      expect(await store.estranged(bob.id, ann.id)).toBe(true);
      await world.commit(unblock(ann, bob, "e"), unblock(cid, ann, "f"));
      expect(await store.estranged(bob.id, ann.id)).toBe(false);
      expect(await store.estranged(ann.id, cid.id)).toBe(true);
      expect(await store.blocks(ann.id, 0, 9)).toEqual([cid.id]);
    }));

  test("[PEO26] in the commit itself a block refuses what either of the two of a direct writes, and nothing else", () =>
    play(open, async (world) => {
      const [ann, bob, cid] = await three(world);
      const [one, two] = [await pair(world, ann, bob), await pair(world, ann, cid)];
      const says = (user: User, at: number, key: string, since = 2) =>
        write(
          message(user, at, key, "hello"),
          { is: "open", conversation: at },
          { is: "member", conversation: at, user: user.id, since },
          { is: "unblocked", conversation: at, user: user.id },
        );
      const said = await world.commit(
        says(bob, one, "a", 3),
        block(ann, bob, "b"),
        says(bob, one, "c", 3),
        says(ann, one, "d"),
        says(ann, two, "e"),
        says(bob, one, "a", 3),
      );
      expect(verdicts(said)).toEqual(["written", "written", "refused", "refused", "written", "duplicate"]);
      expect(said[2]).toMatchObject({ guard: { is: "unblocked", user: bob.id } });
      const alone = await world.commit(says(bob, one, "f", 3), says(ann, two, "g"), says(ann, one, "h"));
      expect(verdicts(alone)).toEqual(["refused", "written", "refused"]);
      expect(alone[0]).toMatchObject({ guard: { is: "unblocked", user: bob.id } });
      const guard = { is: "unblocked", conversation: one, user: bob.id } as const;
      const edit = write(draft(bob, one, "i", "edited", { target: 4, text: "hi" }), guard);
      const again = await world.commit(edit, unblock(ann, bob, "j"), says(bob, one, "k", 3));
      expect(verdicts(again)).toEqual(["refused", "written", "written"]);
    }));
}

async function three(world: World): Promise<[User, User, User]> {
  return [await world.person("Ann"), await world.person("Bob"), await world.person("Cid")];
}

async function pair(world: World, one: User, other: User): Promise<number> {
  const [outcome] = await world.commit(direct([one, other], world.key()));
  return openedBy(outcome);
}
