import type { Conversation } from "@parley/protocol/conversations";
import type { Cursor } from "@parley/protocol/cursor";
import type { Seq, Time } from "@parley/protocol/ids";
import { type Held, seqOf } from "../timeline.ts";
import type { Counts } from "../unread.ts";

/** One log as it is kept: what of it is true without the server, and from where to go on. */
export interface SavedLog {
  summary: Conversation;
  summaryAsOf: Seq;
  stale: boolean;
  cursor: Cursor;
  low: Seq;
  next: Seq;
  head: Seq;
  holeFrom: Seq | null;
  heardUpTo: Seq;
  latest: Time;
  counts: Counts;
  held: Held[];
}

/** Rows of one log that are kept, and the characters that they may have together. */
const ROWS = 200;
const CHARACTERS = 256 * 1024;

/** The newest rows, as many as may be kept. */
export function newestRows(held: readonly Held[]): Held[] {
  let characters = 0;
  let from = held.length;
  while (from > 0 && held.length - from < ROWS) {
    characters += sizeOf(held[from - 1] as Held);
    if (characters > CHARACTERS) break;
    from--;
  }
  return held.slice(from);
}

function sizeOf({ item }: Held): number {
  return 200 + (item.kind === "message" ? (item.text?.length ?? 0) : 0);
}

/** A log as it was kept, where it can still be understood. */
export function savedLogFrom(value: unknown): SavedLog | null {
  if (!isRecord(value) || !isRecord(value.summary) || !isRecord(value.cursor) || !isRecord(value.counts)) return null;
  const { id, kind, marks, head, check, read, delivered } = value.summary;
  const { summaryAsOf, low, next, heardUpTo, latest, holeFrom, held } = value;
  const numbers = [id, head, check, read, delivered, summaryAsOf, low, next, value.head, heardUpTo, latest];
  numbers.push(value.cursor.seq, value.cursor.check, ...Object.values(value.counts));
  const sound =
    numbers.every(Number.isSafeInteger) &&
    ["room", "direct", "group", "inbox"].includes(kind as string) &&
    (holeFrom === null || Number.isSafeInteger(holeFrom)) &&
    Array.isArray(marks) &&
    Array.isArray(held) &&
    held.every(isHeld) &&
    liesWithin(held, low as Seq, next as Seq);
  return sound ? (value as unknown as SavedLog) : null;
}

function liesWithin(held: Held[], low: Seq, next: Seq): boolean {
  return held.every(({ item }, at) => {
    const before = at === 0 ? low - 1 : seqOf((held[at - 1] as Held).item);
    return seqOf(item) > before && seqOf(item) < next;
  });
}

function isHeld(value: unknown): value is Held {
  if (!isRecord(value) || !Number.isSafeInteger(value.asOf) || !isRecord(value.item)) return false;
  const { item } = value;
  if (item.kind === "notice") return isRecord(item.entry) && isRecord(item.entry.body) && isPlaced(item.entry);
  return item.kind === "message" && isPlaced(item) && Array.isArray(item.mentions) && isText(item.text);
}

function isPlaced({ seq, author, time }: Record<string, unknown>): boolean {
  return [seq, author, time].every(Number.isSafeInteger);
}

function isText(text: unknown): boolean {
  return text === null || typeof text === "string";
}

/** Something with fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
