import { expect, test } from "bun:test";
import { DAY, NOW, type Open, play, type World } from "./kit.ts";

function house(world: World, handles = ["parley", "parley-2"], time = NOW) {
  return world.store.house({ name: "Parley", handles, time });
}

/** The server's own person. */
export function houseContract(open: Open): void {
  test("[HOME2] the house is one person, a bot, made once and found again whatever is asked later", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const one = await house(world);
      expect(one).toEqual({ ...one, name: "Parley", handle: "parley", kind: "bot", role: "member" });
      expect(one.id).toBeGreaterThan(ann.id);
      expect(await house(world, ["other"], NOW + 90 * DAY)).toEqual(one);
      expect(await world.store.users([one.id])).toEqual([one]);
      expect(await world.store.conversation(one.inbox)).toMatchObject({ kind: "inbox", owner: one.id, members: 1 });
      expect((await world.person("Bob")).id).toBe(one.id + 1);
    }));

  test("[HOME2] nobody finds the house by a search, and its names are nobody else's, however long it is silent", () =>
    play(open, async (world) => {
      const one = await house(world);
      for (const query of ["", "parley"])
        expect(await world.store.findUsers({ after: 0, limit: 9, query })).toEqual([]);
      const late = { name: "PARLEY", handles: ["x"], tokenHash: "t", time: NOW + 400 * DAY };
      expect(await world.store.enrol(late).catch((error) => error.code)).toBe("name_taken");
      expect(await world.store.usersByHandle(["parley"])).toEqual([one]);
    }));

  test("[HOME2] where somebody has its names already, the house takes the next free handle, and takes nothing of theirs", () =>
    play(open, async (world) => {
      const guest = await world.person("Parley");
      const one = await house(world);
      expect(one).toMatchObject({ name: "Parley", handle: "parley-2" });
      expect(await world.store.usersByHandle(["parley", "parley-2"])).toEqual([guest, one]);
      expect(await world.store.userByToken("token of Parley", NOW)).toEqual(guest);
    }));
}
