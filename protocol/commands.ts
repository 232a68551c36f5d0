import { z } from "zod";
import {
  conversation,
  conversationId,
  key,
  mark,
  member,
  reach,
  roomListing,
  seq,
  visibility,
} from "./conversations.ts";
import { page } from "./messages.ts";
import { person, userId } from "./people.ts";

/** Where a log entry came to stand. The answer to a command that was carried out before. */
export const receipt = z.object({ conversation: conversationId, seq, entry: z.int() });
export type Receipt = z.infer<typeof receipt>;

const limit = z.int().positive().optional();
const nothing = z.object({});

/**
 * Everything a client may ask for: arguments and result. Whatever changes something carries a `key`;
 * marks, `look` and `typing` are whole values, so that repeating them changes nothing.
 */
export const commands = {
  create_room: {
    args: z.object({ key, name: z.string(), topic: z.string().optional(), visibility: visibility.optional() }),
    result: z.object({ conversation }),
  },
  list_rooms: {
    args: z.object({ after: z.int().optional(), limit, query: z.string().optional() }),
    result: z.object({ rooms: z.array(roomListing), next: z.int().nullable() }),
  },
  join: { args: z.object({ key, conversation: conversationId }), result: z.object({ conversation }) },
  leave: { args: z.object({ key, conversation: conversationId }), result: receipt },
  rename: { args: z.object({ key, conversation: conversationId, name: z.string() }), result: receipt },
  delete_room: { args: z.object({ key, conversation: conversationId }), result: receipt },
  open_direct: { args: z.object({ key, user: userId }), result: z.object({ conversation }) },
  create_group: {
    args: z.object({ key, name: z.string().optional(), members: z.array(userId) }),
    result: z.object({ conversation }),
  },
  add_member: { args: z.object({ key, conversation: conversationId, user: userId }), result: receipt },
  remove_member: { args: z.object({ key, conversation: conversationId, user: userId }), result: receipt },
  /** `reply_to` is a message of the same conversation. */
  post: {
    args: z.object({ key, conversation: conversationId, text: z.string(), reply_to: seq.optional() }),
    result: receipt,
  },
  edit: { args: z.object({ key, conversation: conversationId, target: seq, text: z.string() }), result: receipt },
  delete: { args: z.object({ key, conversation: conversationId, target: seq }), result: receipt },
  /** The newest page without `before`, `after` and `around`; at most one of them. */
  history: {
    args: z.object({
      conversation: conversationId,
      before: seq.optional(),
      after: seq.optional(),
      around: seq.optional(),
      limit,
    }),
    result: page,
  },
  list_members: {
    args: z.object({ conversation: conversationId, after: userId.optional(), limit }),
    result: z.object({ members: z.array(member), people: z.array(person), next: userId.nullable() }),
  },
  mark: {
    args: z.object({ conversation: conversationId, delivered: seq.optional(), read: seq.optional() }),
    result: z.object({ delivered: seq, read: seq, unread: z.int(), mentions: z.int(), as_of: seq }),
  },
  /**
   * When this entry was committed, how many others than its author have it, and how many read it. `by` says who and
   * when: to its author and the server's owner, in directs and small groups.
   */
  receipts: {
    args: z.object({ conversation: conversationId, seq }),
    result: z.object({
      committed: z.int(),
      others: z.int(),
      delivered: z.int(),
      read: z.int(),
      by: z.array(reach).optional(),
      marks: z.array(mark),
    }),
  },
  people: { args: z.object({ ids: z.array(userId) }), result: z.object({ people: z.array(person) }) },
  /** People of this server whose shown or unique name contains `query`, by id; nobody whose account was ended. */
  find_people: {
    args: z.object({ query: z.string(), after: userId.optional(), limit }),
    result: z.object({ people: z.array(person), next: userId.nullable() }),
  },
  update_profile: {
    args: z.object({ key, name: z.string().optional(), handle: z.string().optional() }),
    result: z.object({ person }),
  },
  /**
   * From now on no message passes in the direct of the caller and this person, either way; groups and rooms stay as
   * they are.
   */
  block: { args: z.object({ key, user: userId }), result: receipt },
  unblock: { args: z.object({ key, user: userId }), result: receipt },
  /** Whom the caller blocked, by id. */
  blocks: {
    args: z.object({ after: userId.optional(), limit }),
    result: z.object({ people: z.array(person), next: userId.nullable() }),
  },
  /**
   * Sets one's password, or another one, which takes the `old`. With a password one is a member: one's names are kept
   * for good, and one can sign in elsewhere.
   */
  set_password: {
    args: z.object({ key, password: z.string(), old: z.string().optional() }),
    result: z.object({ person }),
  },
  /** Ends the token that this is asked with, or with `everywhere` all of one's own. Every socket of theirs closes. */
  sign_out: { args: z.object({ key, everywhere: z.boolean().optional() }), result: nothing },
  /** Ends one's account: one leaves every room and group, and is nobody any more. What one wrote stays. */
  delete_account: { args: z.object({ key }), result: nothing },
  /** The conversations on this client's screen: it hears of presence and typing there, and nowhere else. */
  look: { args: z.object({ conversations: z.array(conversationId) }), result: nothing },
  typing: { args: z.object({ conversation: conversationId, active: z.boolean() }), result: nothing },
  /** Receive the log of a public room without joining it, or of any conversation from another cursor. */
  follow: {
    args: z.object({ conversation: conversationId, seq: seq.optional(), check: z.int().optional() }),
    result: z.object({ conversation }),
  },
  unfollow: { args: z.object({ conversation: conversationId }), result: nothing },
} as const;

export type CommandName = keyof typeof commands;
export type Args<C extends CommandName> = z.infer<(typeof commands)[C]["args"]>;
export type Result<C extends CommandName> = z.infer<(typeof commands)[C]["result"]>;
