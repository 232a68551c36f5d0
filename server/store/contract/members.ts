import { expect, test } from "bun:test";
import type { Write } from "../../core/commit.ts";
import { direct, draft, joined, left, message, NOW, type Open, openedBy, opens, play, write } from "./kit.ts";

/** What entries add up to: members, spans, names and ends of conversations. */
export function membersContract(open: Open): void {
  test("[LOG7] joining and leaving make and end a membership with the entry itself", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = await world.place([ann]);
      await world.log(joined(bob, at, "in"));
      const member = { conversation: at, user: bob.id, role: "member", joined: 3, delivered: 3, read: 3 } as const;
      expect(await world.store.member(at, bob.id)).toEqual(member);
      expect(await world.store.spans(at, bob.id)).toEqual([{ from: 3, to: null }]);
      expect((await world.store.conversation(at))?.members).toBe(2);
      await world.log(left(bob, at, "out"));
      expect(await world.store.member(at, bob.id)).toBeNull();
      expect(await world.store.spans(at, bob.id)).toEqual([{ from: 3, to: 4 }]);
      expect((await world.store.conversation(at))?.members).toBe(1);
      await world.say(ann, at, "alone");
      await world.log(joined(bob, at, "again"));
      expect(await world.store.member(at, bob.id)).toMatchObject({ joined: 6, read: 6 });
      expect(await world.store.spans(at, bob.id)).toEqual([
        { from: 3, to: 4 },
        { from: 6, to: null },
      ]);
    }));

  test("[LOG7] a conversation and somebody's place in it are read at one moment, with what they did not read", () =>
    play(open, async (world) => {
      const [ann, bob, eve] = [await world.person("Ann"), await world.person("Bob"), await world.person("Eve")];
      const at = await world.place([ann, bob]);
      await world.say(ann, at, "one");
      await world.say(ann, at, "two", [bob.id]);
      await world.say(bob, at, "three");
      await world.mark([at, bob, 4, 4]);
      const row = await world.store.conversation(at);
      const member = await world.store.member(at, bob.id);
      expect(await world.store.standing(at, bob.id)).toEqual({ row, member } as never);
      const sight = { row, member, unread: 1, mentions: 1, latest: NOW };
      expect(await world.store.sight(at, bob.id)).toEqual(sight as never);
      const outside = { row, member: null };
      expect(await world.store.standing(at, eve.id)).toEqual(outside as never);
      expect(await world.store.sight(at, eve.id)).toEqual({ ...outside, unread: 0, mentions: 0, latest: NOW } as never);
      expect(await world.store.standing(at + 100, bob.id)).toBeNull();
      expect(await world.store.sight(at + 100, bob.id)).toBeNull();
    }));

  test("[LOG7] in a direct every unread message counts as a mention", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = openedBy((await world.commit(direct([ann, bob], "d")))[0]);
      await world.say(ann, at, "one");
      await world.say(ann, at, "two");
      expect(await world.store.sight(at, bob.id)).toMatchObject({ unread: 2, mentions: 2 });
      expect(await world.store.sight(at, ann.id)).toMatchObject({ unread: 0, mentions: 0 });
    }));

  test("[LOG7] joining twice counts once and keeps the membership, with its new role", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = await world.place([ann, bob]);
      const body = { user: bob.id, name: "Bob", handle: "bob", role: "moderator" } as const;
      await world.log(draft(ann, at, "again", "joined", body));
      expect(await world.store.member(at, bob.id)).toMatchObject({ joined: 3, role: "moderator" });
      expect(await world.store.spans(at, bob.id)).toEqual([{ from: 3, to: null }]);
      expect((await world.store.conversation(at))?.members).toBe(2);
    }));

  test("[LOG7] a membership is asked for as it is now: not the one that ended, in the same batch or before", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = await world.place([ann, bob]);
      const says = (key: string, since: number) =>
        write(message(bob, at, key, "here"), { is: "member", conversation: at, user: bob.id, since });
      const enters = (key: string) => write(joined(bob, at, key), { is: "stranger", conversation: at, user: bob.id });
      const told = async (...writes: Write[]) => (await world.commit(...writes)).map((outcome) => outcome.is);
      expect(await told(says("1", 3), write(left(bob, at, "out")), says("2", 3))).toEqual([
        "written",
        "written",
        "refused",
      ]);
      expect(await told(says("3", 3), enters("in"), says("4", 3), says("5", 6))).toEqual([
        "refused",
        "written",
        "refused",
        "written",
      ]);
      expect(await told(says("6", 3), enters("in twice"), says("7", 6))).toEqual(["refused", "refused", "written"]);
    }));

  test("[LOG7] the leaving of somebody who is no member counts nothing", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = await world.place([ann]);
      await world.log(left(bob, at, "out"));
      expect((await world.store.conversation(at))?.members).toBe(1);
      expect(await world.store.spans(at, bob.id)).toEqual([]);
    }));

  test("[LOG7] a room is called as it was last renamed, and ends with its closing", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const at = await world.place([ann]);
      await world.commit(
        write(draft(ann, at, "a", "renamed", { name: "Cellar" })),
        write(draft(ann, at, "b", "renamed", { name: "Attic" })),
      );
      expect(await world.store.conversation(at)).toMatchObject({ name: "Attic", closed: false });
      await world.log(draft(ann, at, "c", "closed", {}));
      expect(await world.store.conversation(at)).toMatchObject({ name: "Attic", closed: true, head: 5, members: 1 });
    }));

  test("[LOG7] memberships leave out inboxes, closed conversations and those that were left", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const kitchen = await world.place([ann, bob]);
      const [closed, quitted] = [await world.place([ann, bob]), await world.place([ann, bob])];
      await world.commit(write(draft(ann, closed, "c", "closed", {})), write(left(bob, quitted, "out")));
      const found = await world.store.memberships(bob.id);
      expect(found).toEqual([
        {
          row: (await world.store.conversation(kitchen)) as never,
          member: (await world.store.member(kitchen, bob.id)) as never,
        },
      ]);
      const ids = (await world.store.memberships(ann.id)).map(({ row }) => row.id);
      expect(ids.sort()).toEqual([kitchen, quitted].sort());
    }));

  test("[LOG8] members are listed by their ids, page by page", () =>
    play(open, async (world) => {
      const people = [];
      for (const name of ["Ann", "Bob", "Cid", "Dee"]) people.push(await world.person(name));
      const at = await world.place([...people].reverse());
      const ids = people.map(({ id }) => id);
      const page = await world.store.members(at, 0, 3);
      expect(page.map(({ user }) => user)).toEqual(ids.slice(0, 3));
      expect(page[0]).toEqual({ user: ids[0] as number, role: "member", joined: 5 });
      expect((await world.store.members(at, ids[2] as number, 3)).map(({ user }) => user)).toEqual(ids.slice(3));
    }));

  test("[LOG8] the list of rooms has the public ones that are open, by id, and says which are one's own", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const room = (name: string, more = {}) => world.place([ann], { name, ...more });
      const [kitchen, garden] = [await room("Kitchen", { topic: "Soup" }), await room("Garden")];
      await room("Cellar", { visibility: "private" });
      await world.place([ann, bob], { kind: "group" });
      await world.log(draft(ann, await room("Attic"), "c", "closed", {}));
      await world.log(joined(bob, garden, "in"));
      const rooms = await world.store.rooms(bob.id, { after: 0, limit: 10, query: "" });
      const created = (await world.store.conversation(kitchen))?.created as number;
      expect(rooms).toEqual([
        { id: kitchen, name: "Kitchen", topic: "Soup", members: 1, head: 2, created, joined: false },
        { id: garden, name: "Garden", topic: null, members: 2, head: 3, created, joined: true },
      ]);
      expect(await world.store.rooms(bob.id, { after: 0, limit: 1, query: "" })).toEqual(rooms.slice(0, 1));
      expect(await world.store.rooms(bob.id, { after: kitchen, limit: 10, query: "" })).toEqual(rooms.slice(1));
    }));

  test("[LOG8] rooms are found by a part of their name in either case and any script, as it is now", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const names = ["Öl und Essig", "100% cotton", "Straße", "nothing_here"];
      for (const name of names) await world.place([ann], { name });
      const found = async (query: string) =>
        (await world.store.rooms(ann.id, { after: 0, limit: 10, query })).map(({ name }) => name);
      expect(await found("öL U")).toEqual(["Öl und Essig"]);
      expect(await found("STRASSE")).toEqual(["Straße"]);
      expect(await found("%")).toEqual(["100% cotton"]);
      expect(await found("_")).toEqual(["nothing_here"]);
      const id = (await world.store.rooms(ann.id, { after: 0, limit: 1, query: "essig" }))[0]?.id as number;
      await world.log(draft(ann, id, "r", "renamed", { name: "Pepper" }));
      expect(await found("essig")).toEqual([]);
      expect(await found("PEPPER")).toEqual(["Pepper"]);
    }));

  test("[LOG2] one write may reach many inboxes", () =>
    play(open, async (world) => {
      const people = [await world.person("Ann"), await world.person("Bob"), await world.person("Cid")];
      const [ann] = people as [(typeof people)[0]];
      const at = await world.place(people);
      const told = people.map((user) =>
        draft(ann, user.inbox, "~end", "dissolved", { conversation: at, name: "Kitchen" }),
      );
      await world.commit(write([draft(ann, at, "end", "closed", {}), ...told]));
      for (const { inbox } of people) {
        const { seq } = (await world.store.heads([inbox])).get(inbox) as { seq: number };
        expect(await world.store.entry(inbox, seq)).toMatchObject({ kind: "dissolved", body: { conversation: at } });
      }
    }));

  test("[LOG9] erasing blanks a message and all its edits where they stand, and nothing else", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const at = await world.place([ann, bob]);
      const { entry } = await world.say(ann, at, "first version", [bob.id]);
      const other = await world.say(ann, at, "another one");
      const edit = (key: string, target: number, text: string) => draft(ann, at, key, "edited", { target, text });
      await world.log(edit("e1", entry.seq, "second version"));
      await world.log(edit("e2", other.entry.seq, "kept"));
      await world.log(edit("e3", entry.seq, "third version"));
      await world.log(draft(ann, at, "d", "deleted", { target: entry.seq, of: ann.id }));
      const bodies = (await world.store.entries(at, 3, 100, 1e6)).map(({ seq, kind, body }) => [seq, kind, body]);
      expect(bodies).toEqual([
        [4, "message", { text: null }],
        [5, "message", { text: "another one" }],
        [6, "edited", { target: 4, text: null }],
        [7, "edited", { target: 5, text: "kept" }],
        [8, "edited", { target: 4, text: null }],
        [9, "deleted", { target: 4, of: ann.id }],
      ]);
      expect(await world.store.entry(at, 4)).toEqual({ ...entry, body: { text: null } } as never);
    }));

  test("[LOG9] a message is not edited any more once it was erased", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const at = await world.place([ann]);
      const { entry } = await world.say(ann, at, "gone");
      const guard = { is: "message", conversation: at, seq: entry.seq, author: ann.id } as const;
      const edit = draft(ann, at, "e", "edited", { target: entry.seq, text: "back" });
      const outcomes = await world.commit(
        write(draft(ann, at, "d", "deleted", { target: entry.seq, of: ann.id }), guard),
        write(edit, guard),
      );
      expect(outcomes[1]).toEqual({ is: "refused", guard });
    }));

  test("[LOG6] opening many conversations at once mixes nothing up", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const names = Array.from({ length: 20 }, (_, at) => `Room ${at}`);
      const outcomes = await world.commit(...names.map((name) => opens([ann, bob], name, { name })));
      const rows = await Promise.all(
        outcomes.map((outcome) => world.store.conversation((outcome.is === "written" && outcome.opened) || 0)),
      );
      expect(rows.map((row) => row?.name)).toEqual(names);
      expect(rows.map((row) => row?.members)).toEqual(names.map(() => 2));
      await world.log(message(bob, rows[7]?.id ?? 0, "k", "hello"));
      expect(await world.store.conversation(rows[7]?.id ?? 0)).toMatchObject({ head: 4 });
    }));
}
