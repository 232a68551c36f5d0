import { type ConversationKind, conversation, type Visibility } from "@parley/protocol/conversations";
import { person } from "@parley/protocol/people";
import type { ConversationRow, User } from "../../core/rows.ts";

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
  const { id, name, topic, owner, head, head_check: check, created, members, messages, moved } = row;
  const closed = row.closed === 1;
  const kind = WORDS.get(row.kind) as ConversationKind;
  const visibility = WORDS.get(row.visibility) as Visibility;
  return { id, kind, name, topic, visibility, owner, head, check, created, members, messages, closed, moved };
}

/** Columns of a membership; the table must be named `m`. */
export const MEMBER = "m.conversation, m.user, m.role, m.joined, m.delivered, m.read";

/** A person as the database has them. */
export type StoredUser = Omit<User, "open"> & { open: number };

export function userOf({ id, name, handle, kind, role, inbox, open }: StoredUser): User {
  const words = { kind: WORDS.get(kind) as User["kind"], role: WORDS.get(role) as User["role"] };
  const user = { id, name, handle, ...words, inbox };
  return open === 1 ? { ...user, open: true } : user;
}

/** One string for all that are of a kind or have a role, instead of one from each row that a socket keeps. */
const WORDS = new Map<string, string>(
  [person.shape.kind, person.shape.role, conversation.shape.kind, conversation.shape.visibility]
    .flatMap(({ options }): readonly string[] => options)
    .map((word) => [word, word]),
);
