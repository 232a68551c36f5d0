import { expect, test } from "bun:test";
import type { MemberRole } from "@parley/protocol/conversations";
import type { ConversationId } from "@parley/protocol/ids";
import type { Guard } from "../../core/commit.ts";
import type { User } from "../../core/rows.ts";
import { draft, message, type Open, opens, play, verdicts, type World, write } from "./kit.ts";

/** Public rooms: by their exact names, and whose they are. */
export function roomsContract(open: Open): void {
  test("[HOME4] an open public room is found by its exact name, the oldest of several, and by no other", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const first = await world.place([ann], { name: "Kitchen" });
      const second = await world.place([ann], { name: "Kitchen" });
      await world.place([ann], { name: "Cellar", visibility: "private" });
      await world.place([ann], { name: "Attic", kind: "group", visibility: "private" });
      const found = async (name: string) => (await world.store.roomNamed(name))?.id ?? null;
      expect(await found("Kitchen")).toBe(first);
      expect(await world.store.roomNamed("Kitchen")).toEqual(await world.store.conversation(first));
      for (const name of ["kitchen", "KITCHEN", " Kitchen", "Kitchen ", "Kitch", "", "Cellar", "Attic"]) {
        expect({ name, found: await found(name) }).toEqual({ name, found: null });
      }
      await world.log(draft(ann, first, "r", "renamed", { name: "kitchen" }));
      expect([await found("Kitchen"), await found("kitchen")]).toEqual([second, first]);
      await world.log(draft(ann, second, "c", "closed", {}));
      expect(await found("Kitchen")).toBeNull();
    }));

  test("[HOME4] a guard for a free name sees what the same batch opened, renamed and closed before it", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const [hall, attic] = [await world.place([ann], { name: "Hall" }), await world.place([ann], { name: "Attic" })];
      const free = (name: string): Guard => ({ is: "unnamed", name });
      const guarded = (key: string, name: string) => ({ ...opens([ann], key, { name }), guards: [free(name)] });
      const outcomes = await world.commit(
        guarded("1", "Hall"),
        guarded("2", "Porch"),
        guarded("3", "Porch"),
        guarded("2", "Porch"),
        write(draft(ann, hall, "r", "renamed", { name: "Roof" })),
        guarded("4", "Roof"),
        guarded("5", "Hall"),
        write(draft(ann, attic, "c", "closed", {})),
        guarded("6", "Attic"),
      );
      expect(verdicts(outcomes)).toEqual([
        ...(["refused", "written", "refused", "duplicate"] as const),
        ...(["written", "refused", "written", "written", "written"] as const),
      ]);
      expect(outcomes[0]).toEqual({ is: "refused", guard: free("Hall") });
      expect((await world.store.conversation(hall))?.name).toBe("Roof");
      const [said] = await world.commit(write(message(ann, hall, "m", "on"), free("Stairs")));
      expect(said?.is).toBe("written");
    }));

  test("[HOME5] whoever is promoted to owner owns the room from that entry on; an outsider is never promoted", () =>
    play(open, async (world) => {
      const [ann, bob, eve] = [await world.person("Ann"), await world.person("Bob"), await world.person("Eve")];
      const at = await world.place([ann, bob], { owner: null });
      const promoted = (user: User, key: string, role: MemberRole = "owner") =>
        write(draft(user, at, key, "promoted", { user: user.id, role }), { is: "unowned", conversation: at });
      const state = async () => [(await world.store.conversation(at))?.owner, await roleOf(world, at, bob)];
      expect(verdicts(await world.commit(promoted(eve, "e"), promoted(bob, "m", "moderator")))).toEqual([
        "written",
        "written",
      ]);
      expect(await state()).toEqual([null, "moderator"]);
      expect(verdicts(await world.commit(promoted(bob, "o"), promoted(ann, "late")))).toEqual(["written", "refused"]);
      expect(await state()).toEqual([bob.id, "owner"]);
      expect(await world.store.memberships(bob.id)).toMatchObject([
        { row: { owner: bob.id }, member: { role: "owner" } },
      ]);
    }));
}

async function roleOf(world: World, at: ConversationId, user: User): Promise<MemberRole | undefined> {
  return (await world.store.member(at, user.id))?.role;
}
