import type { Conversation } from "@parley/protocol/conversations";
import { cursorCheck } from "@parley/protocol/cursor";
import type { Entry, EntryKind, EntryOf } from "@parley/protocol/entries";
import type { ServerFrameOf } from "@parley/protocol/frames";
import type { Client, ClientOptions, Keep } from "../client.ts";
import { createClient } from "../create.ts";
import type { Person } from "../views.ts";
import { FakeClock, turn } from "./clock.ts";
import { fakeSockets, type ServerEnd } from "./line.ts";

export const ME = 1_000_000;
export const BOB = 1_000_001;
export const CAROL = 1_000_002;
export const INBOX = 1;
export const ROOM = 7;
export const BEAT = 20_000;

/** A client among fakes: its clock, its places, and the server's end of every socket that it opened. */
export interface World {
  client: Client;
  clock: FakeClock;
  keep: Keep;
  ends: ServerEnd[];
  network: { is: boolean; changed: () => void };
  /** The newest socket. */
  readonly end: ServerEnd;
}

export function world(options: Partial<ClientOptions> = {}): World {
  const clock = new FakeClock();
  const ends: ServerEnd[] = [];
  const keep = options.keep ?? keptInMemory();
  const network = { is: true, changed: () => {} };
  let made = 0;
  const client = createClient({
    url: "http://parley.test",
    token: "a-token-of-mine",
    WebSocket: fakeSockets(ends),
    clock,
    keep,
    random: () => 0.5,
    randomKey: (length) => `k${++made}`.padEnd(length, "-").slice(0, Math.max(2, Math.min(length, 6))),
    network: {
      online: () => network.is,
      listen(changed) {
        network.changed = changed;
        return () => {};
      },
    },
    ...options,
  });
  return {
    client,
    clock,
    keep,
    ends,
    network,
    get end() {
      return ends.at(-1) as ServerEnd;
    },
  };
}

export function keptInMemory(): Keep {
  const kept = new Map<string, string>();
  return {
    get: (name) => kept.get(name) ?? null,
    set: (name, value) => void (value === null ? kept.delete(name) : kept.set(name, value)),
  };
}

export function person(id: number, name: string): Person {
  return { id, name, handle: name.toLowerCase(), kind: "guest", role: "guest" };
}

export function welcome(epoch = "e1"): ServerFrameOf<"welcome"> {
  const limits = { text: 8000, room_name: 100, shown_name: 64, handle: 32, batch_bytes: 131_072, page: 100 };
  const you = person(ME, "Alice");
  return { t: "welcome", version: 1, epoch, you, inbox: INBOX, beat: BEAT, now: 0, limits, server: "test" };
}

/** A room with nothing in it but what is said otherwise. */
export function room(about: Partial<Conversation> = {}): Conversation {
  const head = about.head ?? 0;
  return {
    id: ROOM,
    kind: "room",
    name: "Garden",
    topic: null,
    visibility: "public",
    owner: BOB,
    head,
    check: head === 0 ? 0 : 99,
    created: 500,
    latest: 500,
    members: 3,
    role: "member",
    joined: 1,
    delivered: head,
    read: head,
    unread: 0,
    mentions: 0,
    marks: [],
    ...about,
  };
}

/** A direct conversation with Bob. */
export function direct(about: Partial<Conversation> = {}): Conversation {
  const head = about.head ?? 0;
  const marks = [
    { user: ME, delivered: head, read: head },
    { user: BOB, delivered: head, read: head },
  ];
  return room({ kind: "direct", name: null, visibility: "private", owner: null, members: 2, marks, ...about });
}

export function introduced(conversation: Conversation): ServerFrameOf<"conversation"> {
  return { t: "conversation", conversation, people: [person(ME, "Alice"), person(BOB, "Bob")] };
}

export function entry<K extends EntryKind>(
  seq: number,
  kind: K,
  body: EntryOf<K>["body"],
  about: Partial<Entry> = {},
): Entry {
  return { id: 1000 + seq, seq, author: BOB, key: `b${seq}`, time: 2000 + seq, kind, body, ...about } as Entry;
}

/** A message of Bob's. */
export function said(seq: number, text = `line ${seq}`, about: Partial<Entry> = {}): Entry {
  return entry(seq, "message", { text }, about);
}

export function entries(conversation: number, ...list: Entry[]): ServerFrameOf<"entries"> {
  return { t: "entries", conversation, entries: list };
}

export const CAUGHT_UP: ServerFrameOf<"caught_up"> = { t: "caught_up", own: [], marks: [] };

export function checkOf({ author, key }: Entry): number {
  return cursorCheck(author, key);
}

/** Signs in, is welcomed, is told of `conversations`, and is live. */
export async function live(given: World, ...conversations: Conversation[]): Promise<ServerEnd> {
  given.client.connect();
  return greet(given, ...conversations);
}

/** The server's side of a line that was just opened. */
export async function greet(given: World, ...conversations: Conversation[]): Promise<ServerEnd> {
  given.end.accept();
  await turn();
  given.end.say(welcome(), ...conversations.map(introduced), CAUGHT_UP);
  await turn();
  return given.end;
}

/** Loses the line and has the next one opened, up to its hello. */
export async function reopened(given: World, code = 1006): Promise<ServerEnd> {
  given.end.close(code);
  const { line } = given.client;
  if (line.is === "waiting") await given.clock.advance(line.until - given.clock.now());
  given.end.accept();
  await turn();
  return given.end;
}
