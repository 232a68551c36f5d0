import type { Conversation, MemberRole } from "@parley/protocol/conversations";
import type { Cursor } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Item } from "@parley/protocol/messages";
import type { Person } from "@parley/protocol/people";

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

export interface Logged {
  conversation: ConversationId;
  entry: Entry;
}

/** A stretch of history as the store finds it; see `Page`. */
export interface Stretch {
  from: Seq;
  to: Seq;
  asOf: Seq;
  items: Item[];
}

/** A conversation and one person's place in it, null for whoever is no member: both at the same moment. */
export interface Standing {
  row: ConversationRow;
  member: MemberRow | null;
}

/** Likewise, with what a member did not read, and when the newest entry was written. */
export interface Sight extends Standing {
  unread: number;
  mentions: number;
  latest: Time;
}

export interface Unread {
  unread: number;
  mentions: number;
  asOf: Seq;
}
