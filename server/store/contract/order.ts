import { expect, test } from "bun:test";
import { cursorCheck } from "@parley/protocol/cursor";
import type { Guard } from "../../core/commit.ts";
import { direct, draft, first, joined, left, message, NOW, type Open, opens, play, verdicts, write } from "./kit.ts";

/** Order, atomicity and guards: what a commit promises about the log. */
export function orderContract(open: Open): void {
  test("[LOG1] seqs are dense from 1 in each conversation, in the order of the batch, and ids ascend", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const [kitchen, garden] = [await world.place([ann]), await world.place([ann])];
      const outcomes = await world.commit(
        ...[kitchen, garden, kitchen, kitchen, garden].map((at) => write(message(ann, at, world.key(), "hello"))),
      );
      const logged = outcomes.map(first);
      expect(logged.map(({ conversation, entry }) => [conversation, entry.seq])).toEqual([
        [kitchen, 3],
        [garden, 3],
        [kitchen, 4],
        [kitchen, 5],
        [garden, 4],
      ]);
      const ids = logged.map(({ entry }) => entry.id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      expect(new Set(ids).size).toBe(5);
      const seqs = (await world.store.entries(kitchen, 0, 100, 1e6)).map(({ seq }) => seq);
      expect(seqs).toEqual([1, 2, 3, 4, 5]);
    }));

  test("[LOG1] a write that is refused or repeated leaves no hole", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const kitchen = await world.place([ann]);
      const outcomes = await world.commit(
        write(message(ann, kitchen, "a", "one")),
        write(message(ann, kitchen, "a", "one")),
        write(message(bob, kitchen, "b", "no"), { is: "member", conversation: kitchen, user: bob.id, since: 3 }),
        write(message(ann, kitchen, "a", "another")),
        write(message(ann, kitchen, "c", "two")),
      );
      expect(verdicts(outcomes)).toEqual(["written", "duplicate", "refused", "reused", "written"]);
      expect(first(outcomes[4]).entry.seq).toBe(first(outcomes[0]).entry.seq + 1);
      expect(await world.store.entries(kitchen, 2, 100, 1e6)).toHaveLength(2);
    }));

  test("[LOG2] the entries of one write are written together, with NEW as the conversation it opened", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const [outcome] = await world.commit(opens([ann, bob], "k", { topic: "Soup" }));
      const id = outcome?.is === "written" ? outcome.opened : null;
      expect(outcome).toMatchObject({
        is: "written",
        logged: [
          { conversation: ann.inbox, entry: { seq: 1, kind: "added", body: { conversation: id } } },
          { conversation: id, entry: { seq: 1, kind: "created", body: { topic: "Soup" } } },
          { conversation: id, entry: { seq: 2, kind: "joined", body: { user: ann.id } } },
          { conversation: id, entry: { seq: 3, kind: "joined", body: { user: bob.id } } },
          { conversation: bob.inbox, entry: { seq: 1, kind: "added", body: { conversation: id } } },
        ],
      });
      const told = outcome?.is === "written" ? outcome.logged[4]?.entry : null;
      expect(await world.store.entry(bob.inbox, 1)).toEqual(told ?? null);
      expect(await world.store.conversation(id ?? 0)).toMatchObject({
        id,
        topic: "Soup",
        head: 3,
        members: 2,
        created: NOW,
      });
    }));

  test("[LOG2] a refused write leaves nothing behind, neither a conversation nor an entry elsewhere", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const kitchen = await world.place([ann]);
      const refused = {
        ...opens([ann], "k"),
        guards: [{ is: "stranger", conversation: kitchen, user: ann.id } as const],
      };
      expect(verdicts(await world.commit(refused))).toEqual(["refused"]);
      expect(await world.store.memberships(ann.id)).toHaveLength(1);
      expect((await world.store.heads([ann.inbox])).get(ann.inbox)?.seq).toBe(1);
      expect(verdicts(await world.commit(opens([ann], "k")))).toEqual(["written"]);
    }));

  test("[LOG3] each guard holds and fails as it says, and its failure is told", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const conversation = await world.place([ann]);
      const unowned = await world.place([ann], { owner: null });
      const { entry } = await world.say(ann, conversation, "hello");
      await world.say(ann, conversation, "gone");
      await world.log(draft(ann, conversation, "d", "deleted", { target: entry.seq + 1, of: ann.id }));
      const cases: [Guard, boolean][] = [
        [{ is: "member", conversation, user: ann.id, since: 2 }, true],
        [{ is: "member", conversation, user: ann.id, since: 3 }, false],
        [{ is: "member", conversation, user: bob.id, since: 2 }, false],
        [{ is: "stranger", conversation, user: bob.id }, true],
        [{ is: "stranger", conversation, user: ann.id }, false],
        [{ is: "open", conversation }, true],
        [{ is: "open", conversation: 999 }, false],
        [{ is: "message", conversation, seq: entry.seq }, true],
        [{ is: "message", conversation, seq: entry.seq, author: ann.id }, true],
        [{ is: "message", conversation, seq: entry.seq, author: bob.id }, false],
        [{ is: "message", conversation, seq: entry.seq + 1 }, false],
        [{ is: "message", conversation, seq: 1 }, false],
        [{ is: "message", conversation, seq: 99 }, false],
        [{ is: "fewer", conversation, than: 2 }, true],
        [{ is: "fewer", conversation, than: 1 }, false],
        [{ is: "unowned", conversation }, false],
        [{ is: "unowned", conversation: unowned }, true],
        [{ is: "unowned", conversation: 999 }, false],
      ];
      const writes = cases.map(([guard]) => write(message(ann, conversation, world.key(), "guarded"), guard));
      const outcomes = await world.commit(...writes);
      for (const [at, [guard, holds]] of cases.entries()) {
        if (holds) expect(outcomes[at]).toMatchObject({ is: "written" });
        else expect(outcomes[at]).toEqual({ is: "refused", guard });
      }
    }));

  test("[LOG3] a guard sees what the same batch did before it", () =>
    play(open, async (world) => {
      const [ann, bob, eve] = [await world.person("Ann"), await world.person("Bob"), await world.person("Eve")];
      const at = await world.place([ann, bob], { kind: "group" });
      const member = { is: "member", conversation: at, user: bob.id, since: 3 } as const;
      const outcomes = await world.commit(
        write(message(bob, at, "before", "still here"), member),
        write(left(bob, at, "out")),
        write(message(bob, at, "after", "too late"), member),
        write(joined(eve, at, "in"), { is: "fewer", conversation: at, than: 2 }),
        write(joined(bob, at, "back"), { is: "fewer", conversation: at, than: 2 }),
        write(draft(ann, at, "end", "closed", {}), { is: "open", conversation: at }),
        write(message(ann, at, "late", "anyone?"), { is: "open", conversation: at }),
      );
      expect(verdicts(outcomes)).toEqual(["written", "written", "refused", "written", "refused", "written", "refused"]);
    }));

  test("[LOG3] the first guard that fails is the one that is told", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const at = await world.place([ann]);
      const fewer = { is: "fewer", conversation: at, than: 0 } as const;
      const stranger = { is: "stranger", conversation: at, user: ann.id } as const;
      const outcomes = await world.commit(
        write(message(ann, at, "k", "x"), { is: "open", conversation: at }, fewer, stranger),
      );
      expect(outcomes).toEqual([{ is: "refused", guard: fewer }]);
    }));

  test("[LOG4] the head of a log carries the check of its last entry; an empty log has none", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const kitchen = await world.place([ann]);
      await world.log(message(ann, kitchen, "last", "hello"));
      const check = cursorCheck(ann.id, "last");
      const heads = await world.store.heads([kitchen, bob.inbox, 999]);
      expect([...heads].sort(([a], [b]) => a - b)).toEqual([
        [bob.inbox, { seq: 0, check: 0, moved: 0 }],
        [kitchen, { seq: 3, check, moved: 0 }],
      ]);
      expect(await world.store.conversation(kitchen)).toMatchObject({ head: 3, check });
    }));

  test("[LOG5] what goes in or out shares nothing with what is kept", () =>
    play(open, async (world) => {
      const ann = await world.person("Ann");
      const at = await world.place([ann]);
      const drafted = message(ann, at, "k", "kept", [ann.id]);
      const logged = await world.log(drafted);
      (drafted.body as { text: string }).text = "changed";
      (logged.entry.body as { text: string }).text = "changed";
      const kept = await world.store.entry(at, logged.entry.seq);
      expect(kept?.body).toEqual({ text: "kept", mentions: [ann.id] });
      if (kept?.kind === "message") kept.body.mentions?.push(1);
      const row = await world.store.conversation(at);
      if (row) row.head = 77;
      const { items } = await world.store.stretch(at, { after: 2 }, 1, 10);
      expect(items).toMatchObject([{ text: "kept", mentions: [ann.id] }]);
      expect((await world.store.heads([at])).get(at)?.seq).toBe(3);
    }));

  test("[LOG6] conversations have ids of their own, and a direct is no room", () =>
    play(open, async (world) => {
      const [ann, bob] = [await world.person("Ann"), await world.person("Bob")];
      const kitchen = await world.place([ann]);
      const outcomes = await world.commit(direct([ann, bob], "d"));
      const ids = [ann.inbox, bob.inbox, kitchen, outcomes[0]?.is === "written" ? outcomes[0].opened : 0];
      expect(new Set(ids).size).toBe(4);
      expect(await world.store.conversation(999)).toBeNull();
      const rows = await Promise.all(ids.map((id) => world.store.conversation(id ?? 0)));
      expect(rows.map((row) => row?.kind)).toEqual(["inbox", "inbox", "room", "direct"]);
    }));
}
