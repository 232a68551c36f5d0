import { z } from "zod";
import { type Args, type CommandName, commands } from "./commands.ts";
import { conversation, conversationId, mark, seq } from "./conversations.ts";
import { entry } from "./entries.ts";
import { ERROR_CODES, type ErrorCode } from "./errors.ts";
import { person } from "./people.ts";
import { signal } from "./signals.ts";

const cursorRow = z.tuple([conversationId, seq, z.int().nonnegative()]);

/**
 * Who is there: a token, or a name to be held by a secret that the client made (32 to 128 characters), or the shown or
 * unique name and the password of an account, with such a secret that becomes a token of it. Without any of them the
 * cookie counts that came with the handshake, from a page of the server's own.
 */
export const hello = z.object({
  t: z.literal("hello"),
  version: z.int(),
  token: z.string().optional(),
  guest: z.object({ name: z.string(), secret: z.string() }).optional(),
  account: z.object({ name: z.string(), password: z.string(), secret: z.string() }).optional(),
  epoch: z.string().optional(),
  cursors: z.array(cursorRow).optional(),
  /** More cursors follow in `cursors` frames. */
  more: z.boolean().optional(),
});
export const moreCursors = z.object({
  t: z.literal("cursors"),
  cursors: z.array(cursorRow),
  more: z.boolean().optional(),
});
/** The answer to a beat. Any other frame counts as well. */
export const pulse = z.object({ t: z.literal("beat") });

export type Hello = z.infer<typeof hello>;
export type MoreCursors = z.infer<typeof moreCursors>;
export type Pulse = z.infer<typeof pulse>;

/** A command with the number that its one answer carries. */
export type CommandFrame = { [C in CommandName]: { t: C; id: number } & Args<C> }[CommandName];
export type ClientFrame = Hello | MoreCursors | Pulse | CommandFrame;

export const commandId = z.int().nonnegative();

/** Every frame that a client may send, by its `t`. */
export const clientFrames: Record<string, z.ZodType> = {
  hello,
  cursors: moreCursors,
  beat: pulse,
  ...Object.fromEntries(
    Object.entries(commands).map(([name, { args }]) => [name, args.extend({ t: z.literal(name), id: commandId })]),
  ),
};

export const limits = z.object({
  text: z.int(),
  room_name: z.int(),
  shown_name: z.int(),
  handle: z.int(),
  batch_bytes: z.int(),
  page: z.int(),
});
/** What this server accepts: lengths in code points, sizes in bytes. */
export type WireLimits = z.infer<typeof limits>;

export const serverFrames = {
  /** The answer to hello. `you` is who the token belongs to. */
  welcome: z.object({
    t: z.literal("welcome"),
    version: z.int(),
    epoch: z.string(),
    you: person,
    inbox: conversationId,
    beat: z.int(),
    now: z.int(),
    limits,
    server: z.string(),
  }),
  /** A conversation that the client holds no cursor for, with its people as far as they matter at first sight. */
  conversation: z.object({ t: z.literal("conversation"), conversation, people: z.array(person) }),
  /** The next entries of one log, oldest first, without a gap. */
  entries: z.object({ t: z.literal("entries"), conversation: conversationId, entries: z.array(entry) }),
  /**
   * A hole: the client has up to `have`, and delivery goes on at `from`. With `reset`, what it has belongs to
   * another history and must be dropped.
   */
  resync: z.object({
    t: z.literal("resync"),
    conversation: conversationId,
    have: seq,
    from: seq,
    head: seq,
    check: z.int().nonnegative(),
    reset: z.boolean(),
  }),
  /** Not a hole: these seqs were never this reader's to read. */
  hidden: z.object({ t: z.literal("hidden"), conversation: conversationId, from: seq, to: seq }),
  /** This conversation is not, or no longer, this reader's. */
  gone: z.object({ t: z.literal("gone"), conversation: conversationId }),
  /** Everything up to now was said; own marks and counts, and others' marks where they are told one by one. */
  caught_up: z.object({
    t: z.literal("caught_up"),
    own: z.array(
      z.object({
        conversation: conversationId,
        delivered: seq,
        read: seq,
        unread: z.int(),
        mentions: z.int(),
        as_of: seq,
      }),
    ),
    marks: z.array(z.object({ conversation: conversationId, marks: z.array(mark) })),
  }),
  /** The answer to the command with this id. For a post, edit or delete only where it was carried out before. */
  ok: z.object({ t: z.literal("ok"), id: commandId, result: z.unknown() }),
  error: z.object({
    t: z.literal("error"),
    id: commandId.optional(),
    code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    /** Milliseconds. */
    retry_after: z.int().optional(),
  }),
  /** The beat: heads that moved since the last one. It asks for an answer. */
  beat: z.object({ t: z.literal("beat"), heads: z.array(z.tuple([conversationId, seq])) }),
  /** The server is about to close this socket: come back after so many milliseconds. */
  bye: z.object({ t: z.literal("bye"), retry_after: z.int() }),
} as const;

export const serverFrame = z.union([z.discriminatedUnion("t", Object.values(serverFrames) as never), signal]);

type Frames = typeof serverFrames;
export type ServerFrameOf<T extends keyof Frames> = z.infer<Frames[T]>;
export type ServerFrame = { [T in keyof Frames]: ServerFrameOf<T> }[keyof Frames] | z.infer<typeof signal>;
