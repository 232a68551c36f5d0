import type { ConversationKind, Mark, Visibility } from "@parley/protocol/conversations";
import type { Body, EntryKind } from "@parley/protocol/entries";
import type { ConversationId, Key, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Logged } from "./rows.ts";

/** Stands for the conversation that the same write opens. */
export const NEW = 0;

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
