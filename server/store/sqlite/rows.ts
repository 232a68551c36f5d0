import type { ConversationKind, Visibility } from "@parley/protocol/conversations";
import type { Entry } from "@parley/protocol/entries";
import { person } from "@parley/protocol/people";
import type { ConversationRow, Logged, User } from "../../core/rows.ts";
import { kindOf } from "../kinds.ts";

/** Columns of an entry, in the order that `EntryRow` names them. */
export const ENTRY = "id, conversation, seq, author, kind, time, digest, key, body";

export interface EntryRow {
  id: number;
  conversation: number;
  seq: number;
  author: number;
  kind: number;
  time: number;
  digest: number | null;
  key: string;
  body: string;
}

export function entryOf({ id, seq, author, key, time, kind, body }: EntryRow): Entry {
  return { id, seq, author, key, time, kind: kindOf(kind), body: JSON.parse(body) } as Entry;
}

export function loggedOf(row: EntryRow): Logged {
  return { conversation: row.conversation, entry: entryOf(row) };
}

/** Columns of a conversation; the table must be named `c`. */
export const CONVERSATION =
  "c.id, c.kind, c.name, c.topic, c.visibility, c.owner, c.head, c.head_check, c.created, c.members, c.messages, c.closed, c.moved";

export interface StoredConversation {
  id: number;
  kind: ConversationKind;
  name: string | null;
  topic: string | null;
  visibility: Visibility;
  owner: number | null;
  head: number;
  head_check: number;
  created: number;
  members: number;
  messages: number;
  closed: number;
  moved: number;
}

export function conversationOf(row: StoredConversation): ConversationRow {
  const { id, kind, name, topic, visibility, owner, head, head_check: check, created, members, messages, moved } = row;
  const closed = row.closed === 1;
  return { id, kind, name, topic, visibility, owner, head, check, created, members, messages, closed, moved };
}

/** Columns of a membership; the table must be named `m`. */
export const MEMBER = "m.conversation, m.user, m.role, m.joined, m.delivered, m.read";

/** Columns of a person; the table must be named `u`. */
export const USER = "u.id, u.name, u.handle, u.kind, u.role, u.inbox, u.open";

/** A person as the database has them. */
export type StoredUser = Omit<User, "open"> & { open: number };

export function userOf({ open, kind, role, ...rest }: StoredUser): User {
  const user = { ...rest, kind: WORDS.get(kind) as User["kind"], role: WORDS.get(role) as User["role"] };
  return open === 1 ? { ...user, open: true } : user;
}

/** One string for all who are of a kind or have a role, instead of one from each row that a socket keeps. */
const WORDS = new Map<string, string>(
  [...person.shape.kind.options, ...person.shape.role.options].map((word) => [word, word]),
);
