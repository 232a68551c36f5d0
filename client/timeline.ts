import type { Entry, EntryOf } from "@parley/protocol/entries";
import type { Seq } from "@parley/protocol/ids";
import type { Item, Message } from "@parley/protocol/messages";

/** An item, and the head that it is true at: no earlier entry may change it again. */
export interface Held {
  item: Item;
  asOf: Seq;
}

/** An entry that has no line of its own: it changed another one. */
export type Change = EntryOf<"edited"> | EntryOf<"deleted">;

export function isChange(entry: Entry): entry is Change {
  return entry.kind === "edited" || entry.kind === "deleted";
}

export function seqOf(item: Item): Seq {
  return item.kind === "message" ? item.seq : item.entry.seq;
}

/** The line that an entry makes: the same that a page of history shows for it. */
export function itemOf(entry: Exclude<Entry, Change>): Item {
  if (entry.kind !== "message") return { kind: "notice", entry };
  const { id, seq, author, key, time, body } = entry;
  const mentions = body.mentions ?? [];
  const deleted = body.text === null;
  const reply = body.reply_to === undefined ? {} : { reply_to: body.reply_to };
  return { kind: "message", id, seq, author, key, time, text: body.text, mentions, ...reply, edited: null, deleted };
}

/** Applies a change to the line it is about, where that line is held and does not know it yet. True where it did. */
export function applyChange(held: Held[], change: Change): boolean {
  const at = indexOf(held, change.body.target);
  const found = held[at];
  if (found?.item.kind !== "message" || found.asOf >= change.seq) return false;
  held[at] = { item: changed(found.item, change), asOf: change.seq };
  return true;
}

function changed(message: Message, change: Change): Message {
  if (change.kind === "deleted") {
    const { reply_to: _, ...rest } = message;
    return { ...rest, text: null, mentions: [], deleted: true };
  }
  return { ...message, text: message.deleted ? null : change.body.text, edited: change.time };
}

/** The message at `seq` as it was before entry `before`; null where that is not held. */
export function messageAt(held: readonly Held[], seq: Seq, before: Seq): Message | null {
  const found = held[indexOf(held, seq)];
  return found?.item.kind === "message" && found.asOf < before ? found.item : null;
}

/** Where `seq` is in a list that is sorted by seq; -1 where it is not. */
function indexOf(held: readonly Held[], seq: Seq): number {
  let low = 0;
  let high = held.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = seqOf((held[middle] as Held).item);
    if (there === seq) return middle;
    if (there < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
