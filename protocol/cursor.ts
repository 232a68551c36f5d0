import type { ConversationId, Key, Seq, UserId } from "./ids.ts";

/** How far somebody has read a log: the last entry they hold, and a hash that notices when it was another entry. */
export interface Cursor {
  seq: Seq;
  check: number;
}

/** A cursor as it travels: conversation, seq, check. */
export type CursorRow = [ConversationId, Seq, number];

/** Where a log begins: nothing was seen yet. */
export const ORIGIN: Cursor = { seq: 0, check: 0 };

/** 32-bit FNV-1a over the UTF-16 units of `author:key`: the same on every platform, never 0. */
export function cursorCheck(author: UserId, key: Key): number {
  const text = `${author}:${key}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0 || 1;
}
