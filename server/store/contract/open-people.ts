import { expect, test } from "bun:test";
import { FIRST_NATIVE_USER, FIRST_USER } from "@parley/protocol/ids";
import { DAY, direct, draft, joined, NOW, type Open, openedBy, play, type World, write } from "./kit.ts";

const taken = { code: "name_taken" };

function held(world: World, name: string, handles: string[], time = NOW) {
  return world.store.enrol({ name, handles, tokenHash: `hash of ${name}`, time });
}

/** People whom anybody may be. */
export function openPeopleContract(open: Open): void {
  test("[PEO16] there is one open guest of each exact name, without token or unique name, and with an inbox", () =>
    play(open, async (world) => {
      const ann = await world.store.openPerson("Ann", NOW);
      const guest = { kind: "guest", role: "guest", handle: "", open: true } as const;
      expect(ann).toEqual({ id: FIRST_NATIVE_USER, name: "Ann", ...guest, inbox: ann.inbox });
      expect(await world.store.openPerson("Ann", NOW + DAY)).toEqual(ann);
      const others = ["ann", "Ann ", "Ａnn", "Аnn"];
      for (const name of others) expect(await world.store.openPerson(name, NOW)).toMatchObject({ name, open: true });
      expect((await world.store.findUsers({ after: 0, limit: 9, query: "" })).length).toBe(5);
      expect(await world.store.users([ann.id])).toEqual([ann]);
      expect(await world.store.conversation(ann.inbox)).toMatchObject({ kind: "inbox", owner: ann.id, members: 1 });
      expect(await world.store.member(ann.inbox, ann.id)).toMatchObject({ joined: 0 });
      expect(await world.store.usersByHandle(["", "ann", "Ann"])).toEqual([]);
    }));

  test("[PEO16] there is one open person of each number below 1,000,000, and nobody's next id is among them", () =>
    play(open, async (world) => {
      for (const id of [5, 0, -5, FIRST_USER, FIRST_NATIVE_USER - 1]) {
        const person = await world.store.numberedPerson(id, NOW);
        expect(person).toMatchObject({ id, name: `User ${id}`, handle: "", kind: "guest", open: true });
        expect(await world.store.numberedPerson(id, NOW)).toEqual(person);
        expect(await world.store.users([id])).toEqual([person]);
      }
      expect((await world.person("Ann")).id).toBe(FIRST_NATIVE_USER);
      expect((await world.store.openPerson("User 5", NOW)).id).toBe(FIRST_NATIVE_USER + 1);
      expect((await world.store.numberedPerson(5, NOW)).id).toBe(5);
    }));

  test("[PEO17] what looks like a held shown or unique name is taken, also for open people and numbers", () =>
    play(open, async (world) => {
      await held(world, "Ann Lee", ["lee"]);
      await held(world, "User 7", ["seven"]);
      for (const name of ["Ann Lee", " ann  LEE", "Аnn Lee", "Lee", "1ee"]) {
        await expect(world.store.openPerson(name, NOW)).rejects.toMatchObject(taken);
      }
      await expect(world.store.numberedPerson(7, NOW)).rejects.toMatchObject(taken);
      expect(await world.store.users([7])).toEqual([]);
      expect(await world.store.findUsers({ after: 0, limit: 9, query: "" })).toHaveLength(2);
    }));

  test("[PEO17] an open name holds nothing: a guest may take it, and it is refused until it is free again", () =>
    play(open, async (world) => {
      const ann = await world.store.openPerson("Ann", NOW);
      const guest = await held(world, "ANN", ["ann"]);
      expect(guest).toMatchObject({ name: "ANN", handle: "ann" });
      expect(guest.id).not.toBe(ann.id);
      await expect(world.store.openPerson("Ann", NOW)).rejects.toMatchObject(taken);
      await world.store.updateProfile(guest.id, { name: "Zoe", handle: "zoe" }, NOW);
      expect(await world.store.openPerson("Ann", NOW)).toEqual(ann);
    }));

  test("[PEO17] a name that lapsed is open to all, and held again when its guest comes back", () =>
    play(open, async (world) => {
      const guest = await held(world, "Ann", ["ann"]);
      const later = NOW + 32 * DAY;
      expect(await world.store.openPerson("Ann", later)).toMatchObject({ open: true });
      expect(await world.store.userByToken("hash of Ann", later)).toEqual(guest);
      await expect(world.store.openPerson("Ann", later)).rejects.toMatchObject(taken);
    }));

  test("[PEO19] people with negative ids, and 0, are listed, found, marked and counted like others", () =>
    play(open, async (world) => {
      const [low, zero] = [await world.store.numberedPerson(-7, NOW), await world.store.numberedPerson(0, NOW)];
      const ann = await world.person("Ann");
      const at = await world.place([ann, zero, low]);
      const ids = async (after: number, limit = 9) =>
        (await world.store.members(at, after, limit)).map(({ user }) => user);
      expect(await ids(FIRST_USER - 1)).toEqual([-7, 0, ann.id]);
      expect(await ids(-7, 1)).toEqual([0]);
      const { entry } = await world.say(low, at, "hello", [ann.id, 0]);
      expect(await world.mark([at, zero, entry.seq, entry.seq])).toMatchObject([{ user: 0, read: entry.seq }]);
      expect(await world.store.reached(at, entry.seq, -7)).toEqual({ others: 2, delivered: 1, read: 1 });
      expect(await world.store.unread(at, 0, 0)).toMatchObject({ unread: 1, mentions: 1 });
      expect(await world.store.unread(at, -7, 0)).toMatchObject({ unread: 0 });
      const found = await world.store.findUsers({ after: FIRST_USER - 1, limit: 9, query: "" });
      expect(found.map(({ id }) => id)).toEqual([-7, 0, ann.id]);
    }));

  test("[PEO19] two numbers have one direct, and a key of each is their own", () =>
    play(open, async (world) => {
      const [low, zero] = [await world.store.numberedPerson(-7, NOW), await world.store.numberedPerson(0, NOW)];
      const [made] = await world.commit(direct([zero, low], "k"));
      const at = openedBy(made);
      const [again] = await world.commit(direct([low, zero], "k2"));
      expect(again).toMatchObject({ is: "duplicate", opened: at });
      const said = await world.commit(
        ...[low, zero].map((user) => write(draft(user, at, "same", "message", { text: `by ${user.id}` }))),
      );
      expect(said.map((outcome) => outcome.is)).toEqual(["written", "written"]);
      expect((await world.store.recall(-7, at, "same"))?.logged.entry).toMatchObject({ author: -7 });
      await world.log(joined(low, at, "j"));
      expect(await world.store.memberships(-7)).toMatchObject([{ row: { id: at } }]);
    }));
}
