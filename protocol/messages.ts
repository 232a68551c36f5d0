import { z } from "zod";
import { seq } from "./conversations.ts";
import { entry } from "./entries.ts";
import { person, userId } from "./people.ts";

/** What became of a message: its text now, when it was last edited, and whether it was deleted (then `text` is null). */
export const message = z.object({
  kind: z.literal("message"),
  id: z.int(),
  seq,
  author: userId,
  key: z.string(),
  time: z.int(),
  text: z.string().nullable(),
  mentions: z.array(userId),
  /** The message that it answers. */
  reply_to: seq.optional(),
  edited: z.int().nullable(),
  deleted: z.boolean(),
});
export type Message = z.infer<typeof message>;

/** A line of the log that is no message: somebody came, went, or changed the room. */
export const notice = z.object({ kind: z.literal("notice"), entry });
export type Notice = z.infer<typeof notice>;

export const item = z.discriminatedUnion("kind", [message, notice]);
/** What history shows at one seq. Edits and deletions have no item: they changed another one. */
export type Item = z.infer<typeof item>;

/**
 * A stretch of history: every item with `from` ≤ seq ≤ `to`, oldest first, true at the head `as_of`.
 * `people` are the authors and everybody that a notice names.
 */
export const page = z.object({
  from: seq,
  to: seq,
  as_of: seq,
  items: z.array(item),
  people: z.array(person),
});
export type Page = z.infer<typeof page>;
