import { z } from "zod";
import { conversationId, conversationKind, key, memberRole, seq, visibility } from "./conversations.ts";
import { person, userId } from "./people.ts";

/**
 * What an entry of each kind says. Kinds are added, fields become optional, nothing is renamed.
 * Those marked so stand only in a person's inbox.
 */
export const bodies = {
  created: z.object({
    kind: conversationKind,
    name: z.string().nullable(),
    topic: z.string().nullable(),
    visibility,
  }),
  /** `user` became a member; by themselves where `user` is the author. Their names as they were then. */
  joined: z.object({ user: userId, name: z.string(), handle: z.string(), role: memberRole }),
  /** `user` is no member any more; removed by the author where that is somebody else. */
  left: z.object({ user: userId }),
  renamed: z.object({ name: z.string() }),
  /** `text` is null once the message was deleted; `reply_to` is the message that it answers. */
  message: z.object({ text: z.string().nullable(), mentions: z.array(userId).optional(), reply_to: seq.optional() }),
  /** The message at `target` now says `text`; null once that message was deleted. */
  edited: z.object({ target: seq, text: z.string().nullable() }),
  /** The message at `target`, written by `of`, was blanked with all its edits. */
  deleted: z.object({ target: seq, of: userId }),
  /** Somebody who is in this conversation has another name or role: this is who they are now. */
  profiled: z.object({ person }),
  /** `user` is this here from now on; with `owner` the room is theirs. */
  promoted: z.object({ user: userId, role: memberRole }),
  /** The room ends here. */
  closed: z.object({}),
  /** Inbox: its owner is now in this conversation. */
  added: z.object({ conversation: conversationId }),
  /** Inbox: its owner is no longer in this conversation. */
  removed: z.object({ conversation: conversationId }),
  /** Inbox: this conversation was deleted. */
  dissolved: z.object({ conversation: conversationId, name: z.string().nullable() }),
  /** Inbox: its owner has a password, or another one. */
  secured: z.object({}),
  /** Inbox: a token of its owner ended, or all did. */
  signed_out: z.object({ everywhere: z.boolean() }),
  /** Inbox: its owner blocked this person. */
  blocked: z.object({ user: userId }),
  /** Inbox: its owner blocks this person no longer. */
  unblocked: z.object({ user: userId }),
} as const;

export type EntryKind = keyof typeof bodies;
export type Body<K extends EntryKind> = z.infer<(typeof bodies)[K]>;

const envelope = {
  id: z.int(),
  seq,
  author: userId,
  key,
  time: z.int(),
};

function entryOf<K extends EntryKind>(kind: K) {
  return z.object({ ...envelope, kind: z.literal(kind), body: bodies[kind] });
}

/** A durable fact at its place in one conversation's log. */
export const entry = z.discriminatedUnion("kind", [
  entryOf("created"),
  entryOf("joined"),
  entryOf("left"),
  entryOf("renamed"),
  entryOf("message"),
  entryOf("edited"),
  entryOf("deleted"),
  entryOf("profiled"),
  entryOf("promoted"),
  entryOf("closed"),
  entryOf("added"),
  entryOf("removed"),
  entryOf("dissolved"),
  entryOf("secured"),
  entryOf("signed_out"),
  entryOf("blocked"),
  entryOf("unblocked"),
]);
export type Entry = z.infer<typeof entry>;
export type EntryOf<K extends EntryKind> = Extract<Entry, { kind: K }>;
