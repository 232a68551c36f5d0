import type { CursorRow } from "@parley/protocol/cursor";
import { hmacDigests } from "@parley/server/auth/digests";
import { obtainSecret } from "@parley/server/auth/secret";
import { type Draft, NEW, type Write } from "@parley/server/core/commit";
import type { Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";
import { openSqlite } from "@parley/server/store/sqlite/sqlite";
import { frame, handshake, type Member } from "./subject.ts";
import { spelled } from "./subjects/parley.ts";

/** Everybody is in as many rooms, and every room has as many members. */
const ROOMS_EACH = 5;
const MEMBERS = 100;
/** Writes at the same time, while they settle. */
const AT_ONCE = 500;

/** People who are in five rooms of a hundred each, and were here up to the last thing that was said. */
export class Regulars {
  readonly count: number;
  readonly #epoch: string;
  readonly #cursors: readonly CursorRow[][];

  private constructor(epoch: string, cursors: readonly CursorRow[][]) {
    this.count = cursors.length;
    this.#epoch = epoch;
    this.#cursors = cursors;
  }

  /** Lets them settle in this data folder. */
  static async settle(folder: string, count: number): Promise<Regulars> {
    const store = await openSqlite(folder);
    const digests = hmacDigests(obtainSecret(null, folder));
    const people = await enrolled(store, count, (n) => digests.token(tokenOf(n)));
    const rooms = await opened(store, people);
    const heads = await store.heads([...rooms.flat(), ...people.map(({ inbox }) => inbox)]);
    await readAll(store, people, rooms, heads);
    const cursors = people.map(({ inbox }, n) =>
      [inbox, ...(rooms[n] ?? [])].map((id): CursorRow => [id, heads.get(id)?.seq ?? 0, heads.get(id)?.check ?? 0]),
    );
    const regulars = new Regulars(store.epoch, cursors);
    await store.close();
    return regulars;
  }

  /** What the n-th of them proves themselves with. */
  token(n: number): string {
    return tokenOf(n);
  }

  /** How the n-th of them comes back: with a cursor for everything, or without any, as on another device. */
  member(n: number, port: number, how: "resume" | "anew"): Member {
    const cursors = how === "resume" ? { epoch: this.#epoch, cursors: this.#cursors[n] } : {};
    const hello = { t: "hello", version: 1, token: tokenOf(n), ...cursors };
    return {
      port,
      steps: [handshake("/socket"), { send: frame(JSON.stringify([hello])), until: '"caught_up"' }],
      post: new Uint8Array(),
    };
  }
}

function tokenOf(n: number): string {
  return `bench-regular-${`${n}`.padStart(12, "0")}-0123456789abcdef`;
}

async function enrolled(store: Store, count: number, hash: (n: number) => string): Promise<User[]> {
  return inParts(count, (n) => {
    const name = `Regular ${spelled(n)}`;
    return store.enrol({ name, handles: [name.replace(" ", ".").toLowerCase()], tokenHash: hash(n), time: Date.now() });
  });
}

/** Everybody has read everything: what is measured is coming back, and not counting what came meanwhile. */
async function readAll(
  store: Store,
  people: readonly User[],
  rooms: readonly number[][],
  heads: ReadonlyMap<number, { seq: number }>,
): Promise<void> {
  const moves = people.flatMap(({ id: user }, n) =>
    (rooms[n] ?? []).map((conversation) => {
      const seq = heads.get(conversation)?.seq ?? 0;
      return { conversation, user, delivered: seq, read: seq };
    }),
  );
  for (let at = 0; at < moves.length; at += AT_ONCE) await store.commit([], moves.slice(at, at + AT_ONCE));
}

/** The rooms of each person. */
async function opened(store: Store, people: readonly User[]): Promise<number[][]> {
  const count = Math.ceil((people.length * ROOMS_EACH) / MEMBERS);
  const places = people.map((_, n) =>
    Array.from({ length: ROOMS_EACH }, (_unused, nth) => (n + nth * Math.floor(count / ROOMS_EACH)) % count),
  );
  const members: User[][] = Array.from({ length: count }, () => []);
  for (const [n, person] of people.entries()) for (const room of places[n] ?? []) members[room]?.push(person);
  const ids = await inParts(count, async (nth) => {
    const { outcomes } = await store.commit([opening(members[nth] ?? [], `Room ${nth}`)], []);
    const [outcome] = outcomes;
    if (outcome?.is !== "written" || outcome.opened === null) throw new Error("A room was not opened.");
    return outcome.opened;
  });
  return places.map((rooms) => rooms.map((room) => ids[room] as number));
}

/** A room, and an entry in the inbox of everybody in it. */
function opening(people: readonly User[], name: string): Write {
  const [maker] = people as [User];
  const base = { author: maker.id, key: name, digest: 1 };
  const added = people.map(({ inbox }): Draft => {
    return { ...base, conversation: inbox, kind: "added", body: { conversation: NEW } };
  });
  const joined = people.map(({ id, name: shown, handle }): Draft => {
    return { ...base, conversation: NEW, kind: "joined", body: { user: id, name: shown, handle, role: "member" } };
  });
  const open = { kind: "room", name, topic: null, visibility: "public", owner: maker.id } as const;
  return { time: Date.now(), guards: [], open, drafts: [...added, ...joined] };
}

async function inParts<T>(count: number, one: (n: number) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  while (all.length < count) {
    const part = Array.from({ length: Math.min(AT_ONCE, count - all.length) }, (_, n) => one(all.length + n));
    all.push(...(await Promise.all(part)));
  }
  return all;
}
