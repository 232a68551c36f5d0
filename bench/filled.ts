import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Draft, NEW, type Write } from "@parley/server/core/commit";
import type { Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";
import { openSqlite } from "@parley/server/store/sqlite/sqlite";
import { secret, spelled } from "./subjects/parley.ts";

/** People and rooms of a store: everybody is in every room. */
export interface Inhabited {
  people: User[];
  rooms: number[];
}

/** What is said. */
export const TEXT = "A message of the usual length, which is about eighty characters or a few more.";
/** Messages in one commit, while a store is filled. */
const AT_ONCE = 5_000;
const DAY = 86_400_000;

/** Enrols people, from this number on, whose tokens are digested like this, and opens rooms of all of them. */
export async function inhabit(
  store: Store,
  people: number,
  rooms: number,
  digest = (token: string) => token,
  from = 0,
): Promise<Inhabited> {
  const all: User[] = [];
  for (let at = from; at < from + people; at++) {
    const name = `member ${spelled(at)}`;
    all.push(
      await store.enrol({ name, handles: [name.replace(" ", ".")], tokenHash: digest(secret(at)), time: Date.now() }),
    );
  }
  const opened: number[] = [];
  for (let at = 0; at < rooms; at++) {
    const { outcomes } = await store.commit([opening(all, `Room ${from}-${at}`)], []);
    for (const outcome of outcomes) if (outcome.is === "written" && outcome.opened) opened.push(outcome.opened);
  }
  return { people: all, rooms: opened };
}

/** The n-th message: from each room in turn, in it from each member in turn. */
export function messageIn({ people, rooms }: Inhabited, at: number, key: string, time: number): Write {
  const member = Math.floor(at / rooms.length) % people.length;
  const [conversation, author] = [rooms[at % rooms.length] as number, (people[member] as User).id];
  return {
    time,
    guards: [{ is: "member", conversation, user: author, since: member + 1 }],
    drafts: [{ conversation, author, key, digest: at, kind: "message", body: { text: `${TEXT} ${at}` } }],
  };
}

/** Writes messages through the store's own commit until there are so many, and says how far it is. */
export async function fill(
  store: Store,
  place: Inhabited,
  { from, to }: { from: number; to: number },
  progress: (line: string) => void,
): Promise<void> {
  const began = Date.now() - DAY;
  let said = performance.now();
  for (let at = from; at < to; at += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, to - at) }, (_, n) => {
      const nth = at + n;
      // As clients make them: the time first, so that keys of one time stand beside each other.
      return messageIn(place, nth, (began + nth).toString(36) + crypto.randomUUID().slice(0, 13), began + nth);
    });
    const { outcomes } = await store.commit(batch, []);
    if (outcomes.some(({ is }) => is !== "written")) throw new Error("A message was not written.");
    if (performance.now() - said < 5_000) continue;
    said = performance.now();
    progress(`${at + batch.length} of ${to} messages`);
  }
}

/**
 * Folders below this one, each with a database of as many messages as it is called, in ascending order: each is a copy
 * of the one before, and what is said after that.
 */
export async function filledFolders(
  parent: string,
  sizes: readonly number[],
  { people, rooms }: { people: number; rooms: number },
  progress: (line: string) => void,
): Promise<{ folders: string[]; place: Inhabited }> {
  const folders: string[] = [];
  let place: Inhabited | null = null;
  for (const [at, size] of sizes.entries()) {
    const folder = join(parent, String(size));
    const before = folders.at(-1);
    const store = await (before ? copied(before, folder) : openSqlite(folder));
    place ??= await inhabit(store, people, rooms);
    await fill(store, place, { from: sizes[at - 1] ?? 0, to: size }, progress);
    await store.close();
    folders.push(folder);
  }
  return { folders, place: place as Inhabited };
}

async function copied(before: string, folder: string): Promise<Store> {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(before, "parley.db"), join(folder, "parley.db"));
  return openSqlite(folder);
}

/** A write that opens a room of these people. */
function opening(people: readonly User[], key: string): Write {
  const [maker] = people as [User];
  const base = { author: maker.id, key, digest: 1 };
  const joined = people.map(({ id, name, handle }): Draft => {
    return { ...base, conversation: NEW, kind: "joined", body: { user: id, name, handle, role: "member" } };
  });
  const open = { kind: "room", name: key, topic: null, visibility: "public", owner: maker.id } as const;
  const added: Draft = { ...base, conversation: maker.inbox, kind: "added", body: { conversation: NEW } };
  return { time: Date.now(), guards: [], open, drafts: [added, ...joined] };
}
