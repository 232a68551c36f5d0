import { expect, test } from "bun:test";
import type { Access, Guard, Write } from "../../core/commit.ts";
import type { User } from "../../core/rows.ts";
import { DAY, draft, NOW, type Open, play, verdicts, type World, write } from "./kit.ts";

/** A write that secures somebody with this password, or ends tokens of theirs. */
function changes(user: User, key: string, access: Omit<Access, "user">, ...guards: Guard[]): Write {
  return { ...write(draft(user, user.inbox, key, "secured", {}), ...guards), access: { user: user.id, ...access } };
}

async function member(world: World, name: string): Promise<User> {
  const user = await world.person(name);
  await world.commit(changes(user, world.key(), { password: `password of ${name}` }));
  const [now = user] = await world.store.users([user.id]);
  return now;
}

function another(user: User, tokenHash: string, more: { password?: string; time?: number; most?: number } = {}) {
  return { user: user.id, tokenHash, password: `password of ${user.name}`, time: NOW, most: 9, ...more };
}

/** Passwords and tokens: how people prove who they are. */
export function accessContract(open: Open): void {
  test("[PEO21] with the entry that secures them a guest has a password, is a member, and their names lapse no more", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      expect(await world.store.passwordOf(ann.id)).toBeNull();
      expect(verdicts(await world.commit(changes(ann, "k", { password: "first" })))).toEqual(["written"]);
      expect(await world.store.passwordOf(ann.id)).toBe("first");
      expect(await world.store.users([ann.id, bob.id])).toEqual([{ ...ann, kind: "member", role: "member" }, bob]);
      const late = (name: string) =>
        world.store.enrol({ name, handles: ["x"], tokenHash: `late ${name}`, time: NOW + 90 * DAY });
      await expect(late("Ann")).rejects.toMatchObject({ code: "name_taken" });
      expect(await late("Bob")).toMatchObject({ name: "Bob" });
    }));

  test("[PEO21] a repeated or refused write changes no password", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const none = { is: "password", user: ann.id, hash: null } as const;
      const outcomes = await world.commit(
        changes(ann, "k", { password: "first" }, none),
        changes(ann, "k", { password: "repeated" }),
        changes(ann, "other", { password: "refused" }, none),
        changes(ann, "next", { password: "second" }, { ...none, hash: "first" }),
      );
      expect(verdicts(outcomes)).toEqual(["written", "duplicate", "refused", "written"]);
      expect(outcomes[2]).toEqual({ is: "refused", guard: none });
      expect(await world.store.passwordOf(ann.id)).toBe("second");
    }));

  test("[PEO21] whoever makes the server theirs stays its owner when they get a password", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      await world.store.offerOwnership("secret");
      await world.store.claimOwnership(ann.id, "secret");
      await world.commit(changes(ann, "k", { password: "p" }));
      expect(await world.store.users([ann.id])).toMatchObject([{ kind: "member", role: "owner" }]);
    }));

  test("[PEO21] only whoever holds both of their names passes for their holder", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const holder = (user: User, key: string) =>
        write(draft(user, user.inbox, key, "secured", {}), { is: "holder", user: user.id });
      expect(verdicts(await world.commit(holder(ann, "a"), holder(bob, "b")))).toEqual(["written", "written"]);
      const thief = { name: "Ann", handles: ["annie"], tokenHash: "thief", time: NOW + 40 * DAY };
      await world.store.userByToken("token of Bob", NOW + 40 * DAY);
      await world.store.enrol(thief);
      expect(verdicts(await world.commit(holder(ann, "c"), holder(bob, "d")))).toEqual(["refused", "written"]);
      const nobody: Guard = { is: "holder", user: 5 };
      expect(verdicts(await world.commit(write(draft(bob, bob.inbox, "e", "secured", {}), nobody)))).toEqual([
        "refused",
      ]);
    }));

  test("[PEO22] who has a password is found by whatever looks like their shown or unique name, and nobody else is", () =>
    play(open, async (world) => {
      const ann = await world.store.enrol({ name: "Ann Lee", handles: ["lee"], tokenHash: "t", time: NOW });
      await world.person("Bob");
      expect(await world.store.claimant("Ann Lee")).toBeNull();
      await world.commit(changes(ann, "k", { password: "hash" }));
      const found = { user: { ...ann, kind: "member" as const, role: "member" as const }, password: "hash" };
      for (const name of ["Ann Lee", " ann  LEE", "Аnn Lee", "lee", "LEE"]) {
        expect({ name, found: await world.store.claimant(name) }).toEqual({ name, found });
      }
      for (const name of ["", "Ann", "Bob", "ann.lee"]) expect(await world.store.claimant(name)).toBeNull();
      await world.store.updateProfile(ann.id, { handle: "annie" }, NOW);
      expect([await world.store.claimant("lee"), (await world.store.claimant("annie"))?.user.handle]).toEqual([
        null,
        "annie",
      ]);
    }));

  test("[PEO22] another token is given for the password that they have now, and to nobody who has that token already", () =>
    play(open, async (world) => {
      const [ann, bob] = [await member(world, "Ann"), await member(world, "Bob")];
      expect(await world.store.addToken(another(ann, "second"))).toBe(true);
      expect(await world.store.addToken(another(ann, "second"))).toBe(true);
      expect(await world.store.userByToken("second", NOW)).toEqual(ann);
      expect(await world.store.hasToken(ann.id, "second")).toBe(true);
      expect(await world.store.hasToken(bob.id, "second")).toBe(false);
      expect(await world.store.addToken(another(bob, "second"))).toBe(false);
      expect(await world.store.addToken(another(ann, "third", { password: "an older one" }))).toBe(false);
      expect(await world.store.addToken(another(await world.person("Cid"), "fourth"))).toBe(false);
      for (const token of ["third", "fourth", "none"]) expect(await world.store.userByToken(token, NOW)).toBeNull();
    }));

  test("[PEO22] of more tokens than one may have the one ends that was not used for longest, and none of anybody else", () =>
    play(open, async (world) => {
      const [ann, bob] = [await member(world, "Ann"), await member(world, "Bob")];
      await world.store.addToken(another(ann, "one", { time: NOW + DAY }));
      await world.store.addToken(another(ann, "two", { time: NOW + 2 * DAY }));
      await world.store.userByToken("token of Ann", NOW + 3 * DAY);
      await world.store.addToken(another(ann, "three", { time: NOW + 3 * DAY, most: 3 }));
      const has = (user: User, token: string) => world.store.hasToken(user.id, token);
      expect([await has(ann, "token of Ann"), await has(ann, "one"), await has(ann, "two")]).toEqual([
        true,
        false,
        true,
      ]);
      expect([await has(ann, "three"), await has(bob, "token of Bob")]).toEqual([true, true]);
      await world.store.addToken(another(ann, "four", { time: NOW, most: 1 }));
      expect([await has(ann, "four"), await has(ann, "three"), await has(ann, "two")]).toEqual([true, false, false]);
    }));

  test("[PEO23] a token ends with the entry that says so: this one, or all of theirs, and nobody else's", () =>
    play(open, async (world) => {
      const [ann, bob] = [await member(world, "Ann"), await member(world, "Bob")];
      for (const token of ["one", "two"]) await world.store.addToken(another(ann, token));
      await world.commit(changes(ann, "a", { ends: { tokenHash: "one" } }));
      await world.commit(changes(ann, "b", { ends: { tokenHash: "token of Bob" } }));
      const alive = async () => {
        const tokens = ["token of Ann", "one", "two", "token of Bob"];
        const found = await Promise.all(tokens.map((token) => world.store.userByToken(token, NOW)));
        return found.map((user) => user?.id ?? null);
      };
      expect(await alive()).toEqual([ann.id, null, ann.id, bob.id]);
      await world.commit(changes(ann, "c", { ends: "all" }));
      expect(await alive()).toEqual([null, null, null, bob.id]);
      expect(await world.store.passwordOf(ann.id)).toBe("password of Ann");
      expect(await world.store.addToken(another(ann, "three"))).toBe(true);
    }));

  test("[PEO23] a guest without a token has nothing to come back with, and their names are free at once", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await member(world, "Bob")];
      await world.commit(changes(ann, "a", { ends: "all" }), changes(bob, "b", { ends: "all" }));
      const again = (name: string) => world.store.enrol({ name, handles: ["x"], tokenHash: `new ${name}`, time: NOW });
      expect((await again("Ann")).id).not.toBe(ann.id);
      await expect(again("Bob")).rejects.toMatchObject({ code: "name_taken" });
    }));

  test("[PEO11] with their inbox a person's password ends, and nobody is found by it any more", () =>
    play(open, async (world) => {
      const ann = await member(world, "Ann");
      await world.log(draft(ann, ann.inbox, "bye", "closed", {}));
      expect(await world.store.passwordOf(ann.id)).toBeNull();
      expect(await world.store.claimant("Ann")).toBeNull();
      expect(await world.store.addToken(another(ann, "late"))).toBe(false);
    }));
}
