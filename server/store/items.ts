import type { Entry, EntryOf } from "@parley/protocol/entries";
import type { Time } from "@parley/protocol/ids";
import type { Item, Message } from "@parley/protocol/messages";

/** The last edit of a message. */
export interface Edit {
  text: string | null;
  time: Time;
}

/** What history shows at this entry's seq; null for edits and deletions, which changed another item. */
export function itemOf(entry: Entry, lastEdit: Edit | null): Item | null {
  if (entry.kind === "edited" || entry.kind === "deleted") return null;
  return entry.kind === "message" ? messageOf(entry, lastEdit) : { kind: "notice", entry };
}

function messageOf(entry: EntryOf<"message">, lastEdit: Edit | null): Message {
  const { id, seq, author, key, time, body } = entry;
  const deleted = body.text === null;
  // Of a deleted message the edits are blank as well.
  const text = lastEdit?.text ?? body.text;
  const mentions = body.mentions ?? [];
  const reply = body.reply_to === undefined ? {} : { reply_to: body.reply_to };
  const edited = lastEdit?.time ?? null;
  return { kind: "message", id, seq, author, key, time, text, mentions, ...reply, edited, deleted };
}
