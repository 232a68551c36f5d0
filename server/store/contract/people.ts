import { expect, test } from "bun:test";
import { FIRST_NATIVE_USER } from "@parley/protocol/ids";
import { DAY, draft, NOW, type Open, play, type World, write } from "./kit.ts";

function enrol(world: World, name: string, handles: string[], time = NOW) {
  return world.store.enrol({ name, handles, tokenHash: `hash of ${name}`, time });
}

const taken = { code: "name_taken" };

/** People, their tokens and the names they hold. */
export function peopleContract(open: Open): void {
  test("[PEO7] a new guest gets an id of their own from 1,000,000 up, and an inbox that only they read", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      expect(ann).toEqual({
        id: FIRST_NATIVE_USER,
        name: "Ann",
        handle: "ann",
        kind: "guest",
        role: "guest",
        inbox: ann.inbox,
      });
      expect(bob.id).toBe(FIRST_NATIVE_USER + 1);
      expect(await world.store.conversation(ann.inbox)).toMatchObject({
        kind: "inbox",
        owner: ann.id,
        visibility: "private",
        members: 1,
        head: 0,
      });
      expect(await world.store.member(ann.inbox, ann.id)).toMatchObject({ joined: 0, read: 0 });
      expect(await world.store.member(ann.inbox, bob.id)).toBeNull();
      expect(await world.store.spans(ann.inbox, ann.id)).toEqual([{ from: 1, to: null }]);
    }));

  test("[PEO7] the same token is the same person, whatever name comes with it", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      expect(await world.store.enrol({ name: "Eve", handles: ["eve"], tokenHash: "token of Ann", time: NOW })).toEqual(
        ann,
      );
      expect(await world.store.userByToken("token of Ann", NOW)).toEqual(ann);
      expect(await world.store.userByToken("another token", NOW)).toBeNull();
      expect((await world.person("Eve")).id).not.toBe(ann.id);
    }));

  test("[PEO8] nobody may be shown as what looks like another's shown name or handle", () =>
    play(open, async (world) => {
      await enrol(world, "Ann Lee", ["lee"]);
      await expect(enrol(world, "ann  LEE", ["x"])).rejects.toMatchObject(taken);
      await expect(enrol(world, "Lee", ["y"])).rejects.toMatchObject(taken);
      await expect(enrol(world, "Аnn Lee", ["z"])).rejects.toMatchObject(taken);
      expect(await world.store.usersByHandle(["x", "y", "z"])).toEqual([]);
      expect(await enrol(world, "Ann Leigh", ["ann"])).toMatchObject({ handle: "ann" });
    }));

  test("[PEO8] the first handle that looks like nobody's name is taken, and without one nobody is made", () =>
    play(open, async (world) => {
      await enrol(world, "Ann", ["ann"]);
      expect(await enrol(world, "Anne", ["ann", "ann-2", "ann-3"])).toMatchObject({ handle: "ann-2" });
      await expect(enrol(world, "Anna", ["ANN", "ann-2"])).rejects.toMatchObject(taken);
      expect(await world.store.userByToken("hash of Anna", NOW)).toBeNull();
      expect(await enrol(world, "Anna", ["anna"])).toMatchObject({ id: FIRST_NATIVE_USER + 2 });
    }));

  test("[PEO8] people are found by their ids, each once and in that order, and by the handles they hold", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      expect(await world.store.users([bob.id, 7, ann.id, bob.id])).toEqual([bob, ann]);
      expect(await world.store.users([])).toEqual([]);
      expect(await world.store.usersByHandle(["bob", "nobody"])).toEqual([bob]);
      await enrol(world, "Cid", ["sid"]);
      expect(await world.store.usersByHandle(["cid"])).toEqual([]);
    }));

  test("[PEO8] a change of names frees the old ones and holds the new ones", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const change = (id: number, names: { name?: string; handle?: string }) =>
        world.store.updateProfile(id, names, NOW);
      await expect(change(ann.id, { name: "BOB" })).rejects.toMatchObject(taken);
      await expect(change(ann.id, { name: "Free", handle: "bob" })).rejects.toMatchObject(taken);
      expect(await world.store.users([ann.id])).toEqual([ann]);
      expect(await change(ann.id, { name: "ANN" })).toEqual({ ...ann, name: "ANN" });
      expect(await change(ann.id, { name: "Zoe", handle: "zoe" })).toEqual({ ...ann, name: "Zoe", handle: "zoe" });
      expect(await world.store.usersByHandle(["zoe", "ann"])).toMatchObject([{ id: ann.id }]);
      expect(await change(bob.id, { handle: "ann" })).toEqual({ ...bob, handle: "ann" });
      await expect(change(ann.id, { name: "Ann" })).rejects.toMatchObject(taken);
      await expect(change(12, { name: "Nobody" })).rejects.toMatchObject({ code: "not_found" });
    }));

  test("[PEO9] names of a guest whose token was used within 30 days stay theirs", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      await world.store.userByToken("token of Ann", NOW + 20 * DAY);
      await expect(enrol(world, "ann", ["ann"], NOW + 50 * DAY)).rejects.toMatchObject(taken);
      expect(await enrol(world, "Eve", ["ann", "eve"], NOW + 50 * DAY)).toMatchObject({ handle: "eve" });
      expect(await world.store.usersByHandle(["ann"])).toEqual([ann]);
    }));

  test("[PEO9] after that somebody else may take them, while the person, id and all, stays", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const later = NOW + 32 * DAY;
      const other = await enrol(world, "Ann", ["ann"], later);
      expect(other).toMatchObject({ id: ann.id + 1, name: "Ann", handle: "ann" });
      expect(await world.store.usersByHandle(["ann"])).toEqual([other]);
      expect(await world.store.userByToken("token of Ann", later)).toEqual(ann);
      expect(await world.store.usersByHandle(["ann"])).toEqual([other]);
      await expect(world.store.updateProfile(ann.id, { handle: "ann" }, later)).rejects.toMatchObject(taken);
      expect(await world.store.updateProfile(ann.id, { handle: "annie" }, later)).toMatchObject({ handle: "annie" });
    }));

  test("[PEO9] whoever comes back takes up again what is still free", () =>
    play(open, async (world) => {
      const ann = await enrol(world, "Ann", ["annie"]);
      const back = NOW + 40 * DAY;
      const newcomer = { name: "Ann", handles: ["ann"], tokenHash: "hash of another Ann", time: back };
      const other = await world.store.enrol(newcomer);
      expect(await world.store.userByToken("hash of Ann", back)).toEqual(ann);
      expect(await world.store.usersByHandle(["annie"])).toEqual([ann]);
      await world.store.updateProfile(other.id, { name: "Zoe", handle: "zoe" }, back);
      await world.store.userByToken("hash of Ann", back + DAY);
      await expect(enrol(world, "ANN", ["x"], back + DAY)).rejects.toMatchObject(taken);
    }));

  test("[PEO10] the server has one owner, made by the last secret on offer, which works once", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      expect(await world.store.claimOwnership(ann.id, "none")).toBe(false);
      expect(await world.store.offerOwnership("first")).toBe(true);
      expect(await world.store.offerOwnership("second")).toBe(true);
      expect(await world.store.claimOwnership(ann.id, "first")).toBe(false);
      expect(await world.store.claimOwnership(12, "second")).toBe(false);
      expect(await world.store.claimOwnership(ann.id, "second")).toBe(true);
      expect(await world.store.users([ann.id, bob.id])).toEqual([{ ...ann, role: "owner" }, bob]);
      expect(await world.store.claimOwnership(bob.id, "second")).toBe(false);
      expect(await world.store.offerOwnership("third")).toBe(false);
      expect(await world.store.claimOwnership(bob.id, "third")).toBe(false);
    }));

  test("[PEO10] the owner's names do not lapse", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      await world.store.offerOwnership("secret");
      await world.store.claimOwnership(ann.id, "secret");
      await expect(enrol(world, "Ann", ["x"], NOW + 400 * DAY)).rejects.toMatchObject(taken);
    }));

  test("[PEO11] whoever's inbox is closed has no token and no name any more, and keeps their id", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const place = await world.place([ann, bob]);
      await world.commit(
        write([draft(ann, ann.inbox, "end", "closed", {}), draft(ann, place, "~a", "left", { user: ann.id })]),
      );
      expect(await world.store.userByToken("token of Ann", NOW)).toBeNull();
      expect(await world.store.usersByHandle(["ann", `deleted-${ann.id}`])).toEqual([]);
      const nobody = { ...ann, name: "deleted", handle: `deleted-${ann.id}` };
      expect(await world.store.users([ann.id, bob.id])).toEqual([nobody, bob]);
      expect(await world.store.conversation(place)).toMatchObject({ members: 1 });
      const other = await enrol(world, "Ann", ["ann"]);
      expect(other).toMatchObject({ id: bob.id + 1, handle: "ann" });
      expect(await world.store.userByToken("token of Bob", NOW)).toEqual(bob);
    }));

  test("[PEO11] a room that is closed takes nobody's names", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const place = await world.place([ann]);
      await world.commit(write(draft(ann, place, "end", "closed", {})));
      expect(await world.store.userByToken("token of Ann", NOW)).toEqual(ann);
    }));

  test("[PEO15] people are found by a part of their shown or unique name in either case, in the order of their ids", () =>
    play(open, async (world) => {
      const [mara, amar] = [await enrol(world, "Mara Lindqvist", ["mara.l"]), await enrol(world, "Amar", ["x-25"])];
      const [zoe, greek] = [await enrol(world, "Zoë", ["zoe"]), await enrol(world, "ΣΊΣΥΦΟΣ", ["rock"])];
      const found = async (query: string, after = 0, limit = 10) =>
        (await world.store.findUsers({ after, limit, query })).map(({ id }) => id);
      expect(await world.store.findUsers({ after: 0, limit: 10, query: "LIND" })).toEqual([mara]);
      expect(await found("mar")).toEqual([mara.id, amar.id]);
      expect(await found("X-25")).toEqual([amar.id]);
      expect(await found("ZOË")).toEqual([zoe.id]);
      expect(await found("σίσυφος")).toEqual([greek.id]);
      expect(await found("%")).toEqual([]);
      expect(await found("")).toEqual([mara.id, amar.id, zoe.id, greek.id]);
      expect(await found("", 0, 2)).toEqual([mara.id, amar.id]);
      expect(await found("", amar.id, 1)).toEqual([zoe.id]);
    }));

  test("[PEO15] people are found by the names that they have now, and not once their account was ended", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const found = (query: string) => world.store.findUsers({ after: 0, limit: 10, query });
      const renamed = await world.store.updateProfile(ann.id, { name: "Zelda" }, NOW);
      expect(await found("zel")).toEqual([renamed]);
      expect(await found("Ann")).toEqual([renamed]);
      await world.store.updateProfile(ann.id, { handle: "zelda" }, NOW);
      expect(await found("ann")).toEqual([]);
      await world.commit(write(draft(ann, ann.inbox, "end", "closed", {})));
      for (const query of ["zelda", "deleted", `${ann.id}`]) expect(await found(query)).toEqual([]);
      expect(await found("")).toEqual([bob]);
    }));
}
