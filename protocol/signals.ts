import { z } from "zod";
import { conversationId, movedMark, seq } from "./conversations.ts";
import { userId } from "./people.ts";

/** Told, never kept: each carries the whole current value, so that a lost one is mended by the next. */
export const signals = {
  /** Who is here, to those who look; `here` is left out above the size at which only a count is told. */
  presence: z.object({
    t: z.literal("presence"),
    conversation: conversationId,
    count: z.int().nonnegative(),
    here: z.array(userId).optional(),
  }),
  /** Who is writing now, to those who look; at most a few names, `count` is all of them. */
  typing: z.object({
    t: z.literal("typing"),
    conversation: conversationId,
    count: z.int().nonnegative(),
    users: z.array(userId),
  }),
  /** Marks that moved: everybody's in directs and small groups, elsewhere only one's own from another device. */
  marks: z.object({ t: z.literal("marks"), conversation: conversationId, marks: z.array(movedMark), head: seq }),
} as const;

export const signal = z.discriminatedUnion("t", [signals.presence, signals.typing, signals.marks]);
export type Signal = z.infer<typeof signal>;
