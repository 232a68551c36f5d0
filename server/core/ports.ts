import type {
  Conversation,
  ConversationKind,
  Mark,
  Member,
  MemberRole,
  Reach,
  RoomListing,
  Visibility,
} from "@parley/protocol/conversations";
import type { Cursor } from "@parley/protocol/cursor";
import type { Body, Entry, EntryKind } from "@parley/protocol/entries";
import type { ConversationId, EntryId, Epoch, Key, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Item } from "@parley/protocol/messages";
import type { Person } from "@parley/protocol/people";
import type { Signal } from "@parley/protocol/signals";

export type MarksSignal = Extract<Signal, { t: "marks" }>;

/** Stands for the conversation that the same write opens. */
export const NEW = 0;

/** A person as the store keeps them; `inbox` is the log that only they read. */
export interface User extends Person {
  inbox: ConversationId;
}

/** A conversation's row: state that its entries add up to. A closed one stays, and answers nothing but `gone`. */
export type ConversationRow = Pick<
  Conversation,
  "id" | "kind" | "name" | "topic" | "visibility" | "owner" | "head" | "check" | "created" | "members"
> & {
  closed: boolean;
  /** Messages that were ever written here, deleted ones too. */
  messages: number;
  /** How often marks moved that this row's followers are told of; see `Committed`. */
  moved: number;
};

/** Where a log ends, and how often marks moved that its followers are told of. */
export interface Head extends Cursor {
  moved: number;
}

/** One person's place in one conversation. */
export interface MemberRow {
  conversation: ConversationId;
  user: UserId;
  role: MemberRole;
  joined: Seq;
  delivered: Seq;
  read: Seq;
}

/**
 * A condition that must still hold in the commit itself; where it fails, that write is refused and no other.
 * A duplicate is never asked for it.
 */
export type Guard =
  /** The membership that began at `since` has not ended. */
  | { is: "member"; conversation: ConversationId; user: UserId; since: Seq }
  | { is: "stranger"; conversation: ConversationId; user: UserId }
  | { is: "open"; conversation: ConversationId }
  /** This message exists, is `author`'s where that is given, and was not deleted. */
  | { is: "message"; conversation: ConversationId; seq: Seq; author?: UserId }
  | { is: "fewer"; conversation: ConversationId; than: number }
  /** In this direct neither blocked the other: `user` not, and not the other one `user`. */
  | { is: "unblocked"; conversation: ConversationId; user: UserId }
  /** This room belongs to nobody. */
  | { is: "unowned"; conversation: ConversationId }
  /** No open public room has exactly this name. */
  | { is: "unnamed"; name: string }
  /** This person's password has this hash, or they have none. */
  | { is: "password"; user: UserId; hash: string | null }
  /** This person holds both of their names. */
  | { is: "holder"; user: UserId };

/** An entry that has no seq yet. `digest` is of the command it came from: the same key with another digest is refused. */
export type Draft = {
  [K in EntryKind]: { conversation: ConversationId; author: UserId; key: Key; digest: number; kind: K; body: Body<K> };
}[EntryKind];

/**
 * A conversation to be made. A second direct of the same two people is a duplicate of the first: its outcome is its
 * author's `added` entry, or the direct's first entry for somebody who has none.
 */
export interface Opening {
  kind: ConversationKind;
  name: string | null;
  topic: string | null;
  visibility: Visibility;
  owner: UserId | null;
  /** The two people of a direct, smaller id first. */
  pair?: [UserId, UserId];
}

/** What changes with a write about how somebody proves who they are. */
export interface Access {
  user: UserId;
  /** The hash of their password from now on. Whoever has one is a member, and their names do not lapse. */
  password?: string;
  /** Tokens that end: the one with this hash, or all of theirs. */
  ends?: { tokenHash: string } | "all";
}

/**
 * Drafts that are written together or not at all. The first carries the client's key: where its author used that
 * key in that conversation, nothing is written and the earlier entry is the outcome. The keys of the others are kept
 * with their entries and claim nothing. Where `open` is there, the first is an `added` entry in its author's inbox.
 */
export interface Write {
  time: Time;
  guards: Guard[];
  open?: Opening;
  access?: Access;
  drafts: Draft[];
}

export interface Logged {
  conversation: ConversationId;
  entry: Entry;
}

export type Outcome =
  | { is: "written"; logged: Logged[]; opened: ConversationId | null }
  | { is: "duplicate"; logged: Logged; opened: ConversationId | null }
  | { is: "reused" }
  | { is: "refused"; guard: Guard };

export interface MarkMove extends Mark {
  conversation: ConversationId;
  /** When it moves, where that is to be kept: there everybody is told of it, elsewhere its owner's other devices. */
  time?: Time;
}

/**
 * One outcome for each write, in order, and those of the given marks that moved, with the values they have now.
 * A message moves nobody's marks, not even its author's: it may have waited while others wrote what they did not see.
 * Marks that moved raise a counter, once in a commit: of their conversation where the move has a time, elsewhere of
 * their owner's inbox. `raised` has each counter that was, as it is now.
 */
export interface Committed {
  outcomes: Outcome[];
  moved: MarkMove[];
  raised: Map<ConversationId, number>;
}

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

/** A stretch of history as the store finds it; see `Page`. */
export interface Stretch {
  from: Seq;
  to: Seq;
  asOf: Seq;
  items: Item[];
}

export interface Unread {
  unread: number;
  mentions: number;
  asOf: Seq;
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

/** A doorbell: it may drop, repeat and reorder. Whoever publishes hears it too. */
export interface Bus {
  /** What this node is called on it, anew with each start; null where it is alone. */
  readonly node: string | null;
  publish(conversation: ConversationId, note: Note): void;
  /** The result unsubscribes. */
  subscribe(conversation: ConversationId, heard: (note: Note) => void): () => void;
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
  log(level: "debug" | "info" | "warn" | "error", event: string, facts?: Record<string, unknown>): void;
}
