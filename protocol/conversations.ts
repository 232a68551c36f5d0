import { z } from "zod";
import { userId } from "./people.ts";

export const conversationId = z.int().positive();
export const seq = z.int().nonnegative();
export const key = z.string();

export const conversationKind = z.enum(["room", "direct", "group", "inbox"]);
export type ConversationKind = z.infer<typeof conversationKind>;

export const visibility = z.enum(["public", "private"]);
export type Visibility = z.infer<typeof visibility>;

export const memberRole = z.enum(["owner", "moderator", "member", "read_only"]);
export type MemberRole = z.infer<typeof memberRole>;

/** How far one member is: all up to `delivered` reached a device of theirs, all up to `read` was seen. */
export const mark = z.object({ user: userId, delivered: seq, read: seq });
export type Mark = z.infer<typeof mark>;

/** A mark that moved; `time` says when, in directs and small groups. */
export const movedMark = mark.extend({ time: z.int().optional() });

const reachedAt = z.int().nullable().optional();
/** When an entry reached somebody: null where it did and the time was not kept, absent where it did not. */
export const reach = z.object({ user: userId, delivered: reachedAt, read: reachedAt });
export type Reach = z.infer<typeof reach>;

/** One conversation as one person sees it. `head` and `check` are the cursor that this summary is true at. */
export const conversation = z.object({
  id: conversationId,
  kind: conversationKind,
  name: z.string().nullable(),
  topic: z.string().nullable(),
  visibility,
  owner: userId.nullable(),
  head: seq,
  check: z.int().nonnegative(),
  created: z.int(),
  /** Time of the entry at `head`, for a list to be sorted by. */
  latest: z.int(),
  members: z.int().nonnegative(),
  /** Null for somebody who reads a public room without being a member. */
  role: memberRole.nullable(),
  /** The seq of one's own latest `joined` entry; 0 for somebody who is not a member. */
  joined: seq,
  delivered: seq,
  read: seq,
  /** Messages of others after `read`; 1000 means more than 999. */
  unread: z.int().nonnegative(),
  /** Those of them that mention the reader; in a direct, all of them. */
  mentions: z.int().nonnegative(),
  /** Everybody's marks in directs and small groups; empty in larger conversations. */
  marks: z.array(mark),
});
export type Conversation = z.infer<typeof conversation>;

/** A public room in the list of rooms. */
export const roomListing = z.object({
  id: conversationId,
  name: z.string(),
  topic: z.string().nullable(),
  members: z.int().nonnegative(),
  head: seq,
  created: z.int(),
  joined: z.boolean(),
});
export type RoomListing = z.infer<typeof roomListing>;

export const member = z.object({ user: userId, role: memberRole, joined: seq });
export type Member = z.infer<typeof member>;
