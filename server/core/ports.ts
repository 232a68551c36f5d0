import type { Mark, Member, Reach, RoomListing } from "@parley/protocol/conversations";
import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, EntryId, Epoch, Key, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Signal } from "@parley/protocol/signals";
import type { Committed, MarkMove, Write } from "./commit.ts";
import type { ConversationRow, Head, Logged, MemberRow, Sight, Standing, Stretch, Unread, User } from "./rows.ts";

export type MarksSignal = Extract<Signal, { t: "marks" }>;

export interface NewGuest {
  name: string;
  /** Tried in this order; the first whose skeleton is free is taken. */
  handles: string[];
  tokenHash: string;
  time: Time;
}

export interface NewToken {
  user: UserId;
  tokenHash: string;
  /** The hash of the password that was proven. */
  password: string;
  time: Time;
  most: number;
}

/** Names of which each is used by one socket at a time, on whatever node. They lapse 6 seconds after a node's death. */
export interface Leases {
  /** Takes this name for this node; false where another node that lives has it, which is told that it is wanted. */
  take(name: string): Promise<boolean>;
  free(name: string): Promise<void>;
  /** Calls back for names of this node: `wanted` by another, or `lost` to another after this node could not be heard. */
  listen(wanted: (name: string) => void, lost: (name: string) => void): void;
}

/**
 * Where everything durable lives. A promise that resolves has been synced to disk.
 * Throws ChatError `unavailable` when nothing can be written; then nothing was, or only the answer was lost.
 */
export interface Store {
  readonly epoch: Epoch;
  readonly leases: Leases;
  /**
   * One transaction for the whole batch, the marks last. Seqs are dense in each conversation. A mark goes no further
   * than the head and never back, what is read is delivered, and a mark of somebody who is no member is left out.
   * Of the moves that have a time, the last 200 of each mark are kept until that membership ends.
   */
  commit(writes: readonly Write[], marks: readonly MarkMove[]): Promise<Committed>;

  /**
   * The same token hash gives the same person. Throws `name_taken`. A guest's names may be taken by somebody else once
   * their token was not used for 30 days; until they come back for them, both show the same name, and only the holder's
   * is found by `usersByHandle`.
   */
  enrol(guest: NewGuest): Promise<User>;
  /**
   * The open guest of exactly this name, made where there is none: no token, no unique name, and their name is not
   * held. Throws `name_taken` where it looks like a name that somebody holds.
   */
  openPerson(name: string, time: Time): Promise<User>;
  /** The open guest whose id is this number, below 1,000,000, shown as `User 5`. Throws `name_taken` likewise. */
  numberedPerson(id: UserId, time: Time): Promise<User>;
  /**
   * The server's own person, made where there is none: a bot that nobody can sign in as or finds, whose names do not
   * lapse. The first handle that is free is theirs.
   */
  house(bot: Omit<NewGuest, "tokenHash">): Promise<User>;
  /** Also notes, once a day, that the token was used, and takes names up again that lapsed and are still free. */
  userByToken(tokenHash: string, time: Time): Promise<User | null>;
  /** Null for somebody without a password. */
  passwordOf(user: UserId): Promise<string | null>;
  /** Who has a password and holds a name that looks like this. */
  claimant(name: string): Promise<{ user: User; password: string } | null>;
  /**
   * Another token for whoever still has this password; false where they do not, or where it is somebody else's token.
   * Of more than `most` tokens of one person, those end that were not used for longest.
   */
  addToken(token: NewToken): Promise<boolean>;
  /** Is this a token of this person? */
  hasToken(user: UserId, tokenHash: string): Promise<boolean>;
  /** Those that exist, each once, in the order asked for. */
  users(ids: readonly UserId[]): Promise<User[]>;
  /** Those who hold one of these handles, which are compared as they are. */
  usersByHandle(handles: readonly string[]): Promise<User[]>;
  /**
   * People with an id after `after`, in the order of their ids, whose shown or unique name contains `query` in either
   * case; nobody whose inbox is closed. It may read everybody between the first and the last whom it finds.
   */
  findUsers(page: { after: UserId; limit: number; query: string }): Promise<User[]>;
  /** Throws `name_taken`, or `not_found` where there is no such person. */
  updateProfile(user: UserId, change: { name?: string; handle?: string }, time: Time): Promise<User>;
  /** Makes this person the server's owner where `secretHash` is the unused one; false otherwise. */
  claimOwnership(user: UserId, secretHash: string): Promise<boolean>;
  /** Replaces the one-time secret; false once the server has an owner. */
  offerOwnership(secretHash: string): Promise<boolean>;

  /** Whom this person blocked as their inbox tells it: those with an id after `after`, in the order of their ids. */
  blocks(user: UserId, after: UserId, limit: number): Promise<UserId[]>;
  /** Does one of these two block the other? */
  estranged(one: UserId, other: UserId): Promise<boolean>;

  conversation(id: ConversationId): Promise<ConversationRow | null>;
  member(conversation: ConversationId, user: UserId): Promise<MemberRow | null>;
  /** Null where there is no such conversation. */
  standing(conversation: ConversationId, user: UserId): Promise<Standing | null>;
  /** The same with counts as `unread` has them, from the read mark on; nothing is unread for whoever is no member. */
  sight(conversation: ConversationId, user: UserId): Promise<Sight | null>;
  /** Every conversation this person is in, closed ones and the inbox left out. */
  memberships(user: UserId): Promise<{ row: ConversationRow; member: MemberRow }[]>;
  /** Ranges of seqs in which this person was a member, oldest first; the last one is open (`to` null) for a member. */
  spans(conversation: ConversationId, user: UserId): Promise<{ from: Seq; to: Seq | null }[]>;
  /** Members with an id after `after`, in the order of their ids. */
  members(conversation: ConversationId, after: UserId, limit: number): Promise<Member[]>;
  /** Public rooms with an id after `after`, in the order of their ids, whose name contains `query` in either case. */
  rooms(viewer: UserId, page: { after: number; limit: number; query: string }): Promise<RoomListing[]>;
  /** The open public room of exactly this name, the oldest where there are several. */
  roomNamed(name: string): Promise<ConversationRow | null>;
  /** The direct of these two people, in either order. */
  direct(one: UserId, other: UserId): Promise<ConversationRow | null>;

  /** The last entry of each that exists, closed ones included, and the counter of its moves. */
  heads(ids: readonly ConversationId[]): Promise<Map<ConversationId, Head>>;
  /** Entries after `after`, oldest first, no more than `limit` and about `bytes`, at least one where there is one. */
  entries(conversation: ConversationId, after: Seq, limit: number, bytes: number): Promise<Entry[]>;
  entry(conversation: ConversationId, seq: Seq): Promise<Entry | null>;
  /** The entry that has this id, wherever it stands. */
  located(entry: EntryId): Promise<Logged | null>;
  /** The entry that this author made with this key, and the digest of its command. */
  recall(author: UserId, conversation: ConversationId, key: Key): Promise<{ logged: Logged; digest: number } | null>;
  /**
   * At most `limit` items next to `at`, which is left out, oldest first, within `lowest` and the head. It covers `from`
   * to `to`, perhaps fewer seqs than asked and perhaps none (`from` > `to`), and skips none.
   */
  stretch(
    conversation: ConversationId,
    at: { before: Seq } | { after: Seq },
    lowest: Seq,
    limit: number,
  ): Promise<Stretch>;
  /** Messages of others after `read` that were not deleted, in a direct all as mentions; both counts stop at 1000. */
  unread(conversation: ConversationId, user: UserId, read: Seq): Promise<Unread>;
  marks(conversation: ConversationId): Promise<Mark[]>;
  /** Of the others who have been members since before `seq`: how many they are, have it, and read it. */
  reached(
    conversation: ConversationId,
    seq: Seq,
    except: UserId,
  ): Promise<{ others: number; delivered: number; read: number }>;
  /** The same by person, in the order of their ids, with the times of the moves that were kept. */
  reachedBy(conversation: ConversationId, seq: Seq, except: UserId): Promise<Reach[]>;

  /** Resolves when the store can be read and written. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * What is said between nodes; all of it may be lost, repeated and reordered. The marks of one commit are one note, with
 * the counter that they raised; null where they raised none.
 */
export type Note =
  | { is: "entries"; entries: readonly Entry[] }
  | { is: "marks"; told: readonly MarksSignal[]; moved: number | null }
  /** Something is new; what it is stands in the store. */
  | { is: "rung" }
  /** Who is here on this node now, all of them; and the question for that. */
  | { is: "here"; node: string; natives: readonly UserId[]; guests: readonly UserId[] }
  | { is: "who"; node: string }
  /** Somebody writes, or does not any more. */
  | { is: "writing"; node: string; user: UserId; active: boolean }
  /** A node's sign of life. */
  | { is: "alive"; node: string };

/** Hears notes of every conversation in which it listens. */
export type Heard = (note: Note, conversation: ConversationId) => void;

/** A doorbell: it may drop, repeat and reorder. Whoever publishes hears it too. */
export interface Bus {
  /** What this node is called on it, anew with each start; null where it is alone. */
  readonly node: string | null;
  publish(conversation: ConversationId, note: Note): void;
  /** Whoever subscribes twice hears each note once. */
  subscribe(conversation: ConversationId, heard: Heard): void;
  unsubscribe(conversation: ConversationId, heard: Heard): void;
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface Clock {
  now(): Time;
  /** Calls back once after `ms`; the result cancels it. */
  after(ms: number, call: () => void): () => void;
  /** Calls back once, when this turn's input was taken in. */
  turn(call: () => void): void;
}

/** Keyed digests; the key is the server's secret. */
export interface Digests {
  /** 52 bits of a keyed hash. */
  content(text: string): number;
  /** One-way, for tokens of at least 128 random bits. */
  token(secret: string): string;
  /** So many random characters of [A-Za-z0-9_-]. */
  random(length: number): string;
}

/** Hashes of passwords: slow on purpose, and salted. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** False where there is no hash, after as much work. */
  matches(password: string, hash: string | null): Promise<boolean>;
}

/** Says an event to every socket that subscribed to its topic: one encoding, one call. */
export interface Broadcast {
  publish(topic: string, payload: string): void;
}

/** One connected socket, as far as the core sees it. */
export interface Outlet {
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  send(payload: string): void;
  /** Bytes that the reader has not taken yet. */
  waiting(): number;
  /** Resolves when `waiting` is small again, or the socket closed. */
  drained(): Promise<void>;
  /** Ends the line: this person is nobody any more. */
  close(why: "signed_out"): void;
}

/** What happened, for logs and figures. Never a message's text, never a secret. */
export interface Observer {
  count(name: string, by?: number): void;
  log(level: "debug" | "info" | "warn" | "error", event: string, facts?: Facts): void;
}

/** What is to be said of something, or what makes it where it is said at all: what happens with each message costs then. */
export type Facts = Record<string, unknown> | (() => Record<string, unknown>);
