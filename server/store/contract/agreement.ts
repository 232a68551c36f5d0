import { expect } from "bun:test";
import fc from "fast-check";
import type { Draft, Guard, MarkMove, Write } from "../../core/commit.ts";
import type { Store } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import { memoryStore } from "../memory/memory.ts";
import { direct, draft, joined, left, message, NOW, type Open, opens, write } from "./kit.ts";

const PEOPLE = ["ann", "bob", "cid"];
/** Inboxes are 1 to 3; a few of these never come to exist. */
const PLACES = 8;

interface Step {
  kind: string;
  who: number;
  whom: number;
  place: number;
  seq: number;
  key: number;
  guard: string;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    "say",
    "say",
    "say",
    "mention",
    "edit",
    "delete",
    "join",
    "leave",
    "rename",
    "promote",
    "close",
    "room",
    "direct",
    "mark",
    "block",
    "unblock",
  ),
  who: fc.nat(2),
  whom: fc.nat(2),
  place: fc.constantFrom(4, 4, 4, 5, 5, 6, 7, 8),
  seq: fc.integer({ min: 2, max: 9 }),
  key: fc.nat(9),
  guard: fc.constantFrom(
    "none",
    "none",
    "member",
    "stranger",
    "open",
    "message",
    "own",
    "fewer",
    "unnamed",
    "unowned",
    "unblocked",
  ),
});

/** What a step writes; null where it moves a mark, or where the place does not exist. */
function writeOf(people: User[], made: number, { kind, who, whom, place, seq, key, guard }: Step): Write | null {
  const [by, other] = [people[who], people[whom]] as [User, User];
  const named = `k${key}`;
  if (kind === "room")
    return opens(who === whom ? [by] : [by, other], named, { name: `Room ${key}`, ...(key % 2 && { owner: null }) });
  if (kind === "direct") return who === whom ? null : direct([by, other], named);
  if (kind === "mark" || place > made) return null;
  const drafts: Record<string, () => Draft> = {
    say: () => message(by, place, named, `text ${key % 3}`),
    mention: () => message(by, place, named, "@both", [by.id, other.id]),
    edit: () => draft(by, place, named, "edited", { target: seq, text: `edited ${key}` }),
    delete: () => draft(by, place, named, "deleted", { target: seq, of: by.id }),
    join: () => joined(other, place, named),
    leave: () => left(other, place, named),
    rename: () => draft(by, place, named, "renamed", { name: `Name ${key}` }),
    promote: () => draft(by, place, named, "promoted", { user: other.id, role: key % 2 ? "owner" : "moderator" }),
    block: () => draft(by, by.inbox, named, "blocked", { user: other.id }),
    unblock: () => draft(by, by.inbox, named, "unblocked", { user: other.id }),
    close: () => draft(by, place, named, "closed", {}),
  };
  const guards = [...guardsOf(guard, place, by, seq)];
  if (kind === "edit" || kind === "delete") guards.push({ is: "message", conversation: place, seq });
  return write((drafts[kind] as () => Draft)(), ...guards);
}

function guardsOf(guard: string, conversation: number, by: User, seq: number): Guard[] {
  if (guard === "member") return [{ is: "member", conversation, user: by.id, since: seq }];
  if (guard === "stranger") return [{ is: "stranger", conversation, user: by.id }];
  if (guard === "open") return [{ is: "open", conversation }];
  if (guard === "message") return [{ is: "message", conversation, seq }];
  if (guard === "unnamed") return [{ is: "unnamed", name: `Name ${seq}` }];
  if (guard === "unowned") return [{ is: "unowned", conversation }];
  if (guard === "unblocked") return [{ is: "unblocked", conversation, user: by.id }];
  if (guard === "own") return [{ is: "message", conversation, seq, author: by.id }];
  return guard === "fewer" ? [{ is: "fewer", conversation, than: 2 }] : [];
}

function markOf(people: User[], { who, place, seq, key }: Step): MarkMove {
  const mark = { conversation: place, user: (people[who] as User).id, delivered: seq, read: key };
  return seq % 3 === 0 ? mark : { ...mark, time: NOW + seq };
}

/** Everything that can be asked. */
async function answers(store: Store, people: User[]): Promise<unknown[]> {
  const ids = people.map(({ id }) => id);
  const found: unknown[] = [await store.users(ids), await store.rooms(ids[0] ?? 0, { after: 0, limit: 9, query: "r" })];
  found.push(await store.findUsers({ after: 0, limit: 9, query: "N" }));
  for (const user of ids) {
    found.push(await store.memberships(user), await store.blocks(user, 0, 2));
    for (const other of ids) found.push(await store.estranged(user, other));
  }
  for (let place = 1; place <= PLACES; place++) {
    found.push(await store.conversation(place), await store.entries(place, 0, 1000, 1e9), await store.marks(place));
    found.push(await store.members(place, 0, 10), await store.heads([place]));
    for (const at of [{ before: 9 }, { after: 3 }]) found.push(await store.stretch(place, at, 2, 4));
    for (const user of ids) {
      found.push(
        await store.unread(place, user, 2),
        await store.spans(place, user),
        await store.reached(place, 4, user),
        await store.reachedBy(place, 5, user),
      );
      for (let key = 0; key < 10; key++) found.push(await store.recall(user, place, `k${key}`));
    }
  }
  return found;
}

async function enrolled(store: Store): Promise<User[]> {
  const people: User[] = [];
  for (const name of PEOPLE) people.push(await store.enrol({ name, handles: [name], tokenHash: name, time: NOW }));
  return people;
}

/** A room and a direct, in which something was said that mentions somebody. */
function beginning([ann, bob]: User[]): Write[] {
  const [room, pair] = [4, 5];
  const two = [ann, bob] as [User, User];
  const said = [room, pair].flatMap((place) =>
    [1, 2, 3].map((n) => write(message(two[n % 2] as User, place, `said ${n}`, `text ${n}`, [two[0].id, two[1].id]))),
  );
  return [opens(two, "first"), direct(two, "second"), ...said];
}

/** This store gives the same answers as the one in memory, whatever was committed before. */
export async function agrees(open: Open, runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 8 }), async (batches) => {
      const subject = await open();
      try {
        await compare([memoryStore(), subject.store], batches);
      } finally {
        await subject.store.close();
        await subject.discard();
      }
    }),
    { numRuns: runs },
  );
}

async function compare(stores: [Store, Store], batches: Step[][]): Promise<void> {
  const [people] = await Promise.all(stores.map(enrolled));
  for (const store of stores) await store.commit(beginning(people as User[]), []);
  let made = PEOPLE.length + 2;
  for (const batch of batches) {
    const writes = batch.flatMap((one) => writeOf(people as User[], made, one) ?? []);
    const marks = batch.filter(({ kind }) => kind === "mark").map((one) => markOf(people as User[], one));
    const [expected, got] = await Promise.all(stores.map((store) => store.commit(writes, marks)));
    expect(got).toEqual(expected as never);
    made += expected?.outcomes.filter((outcome) => outcome.is === "written" && outcome.opened).length ?? 0;
  }
  const [expected, got] = await Promise.all(stores.map((store) => answers(store, people as User[])));
  expect(got).toEqual(expected as never);
}
