import type { Entry } from "@parley/protocol/entries";
import type { Logged } from "../core/rows.ts";
import { kindOf } from "./kinds.ts";

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

/** Columns of a person; the table must be named `u`. */
export const USER = "u.id, u.name, u.handle, u.kind, u.role, u.inbox, u.open";
