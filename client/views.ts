import type { Conversation, Mark, Member, RoomListing } from "@parley/protocol/conversations";
import type { Entry } from "@parley/protocol/entries";
import type { ErrorCode } from "@parley/protocol/errors";
import type { WireLimits } from "@parley/protocol/frames";
import type { ConversationId, EntryId, Key, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Item } from "@parley/protocol/messages";
import type { Person } from "@parley/protocol/people";

/** What is true of the line now. Only `live` means that everything sent so far was heard. */
export type Line =
  | { is: "signed_out" }
  | { is: "connecting" }
  /** Connected, and hearing what was missed: `behind` entries are still to come. */
  | { is: "catching_up"; behind: number }
  | { is: "live" }
  /** The line is down since `since`; the next attempt is made at `until`. */
  | { is: "waiting"; since: Time; until: Time; attempt: number }
  /** The device says that it has no network; the next attempt is made when it has. */
  | { is: "offline"; since: Time }
  /** The server said stop: nothing is tried again before `connect`. */
  | { is: "stopped"; code: number; reason: string };

/** What a person sees of one conversation in a list. */
export interface ConversationView extends Conversation {
  /** The other person of a direct conversation. */
  partner: UserId | null;
  /** How many of one's own messages wait here for the line. */
  waiting: number;
  here: Presence;
  typing: readonly UserId[];
}

/** Who is present: `people` is null above the size at which only a count is told. */
export interface Presence {
  count: number;
  people: readonly UserId[] | null;
}

/** How far one's own message has come. Each covers all older messages of the same author. */
export type MessageState = "sent" | "delivered" | "read";

/** One's own message that the log does not hold yet. */
export interface Pending {
  kind: "pending";
  key: Key;
  conversation: ConversationId;
  text: string;
  time: Time;
  /** `sending`: on the line; `waiting`: there is no line; `failed`: refused, see `error`. */
  is: "sending" | "waiting" | "failed";
  error: { code: ErrorCode; message: string } | null;
}

/** Seqs that this client does not hold: `from` to `to`, both included. `loading` while they are asked for. */
export interface Hole {
  kind: "hole";
  from: Seq;
  to: Seq;
  count: number;
  loading: boolean;
}

/** One line of the log as a person sees it, in the order of the log. */
export type Row = Item | Hole;

/** What is held of one conversation's log. Same object as long as nothing in it changed. */
export interface Timeline {
  rows: readonly Row[];
  pending: readonly Pending[];
  /** True when nothing older exists than the first row. */
  complete: boolean;
  /** True while an older page is on its way. */
  loadingOlder: boolean;
  head: Seq;
  /** One's own newest message that each state covers: 0 where none. Directs and small groups only. */
  reached: Record<MessageState, Seq>;
}

export type { Conversation, Entry, EntryId, ErrorCode, Item, Mark, Member, Person, RoomListing, WireLimits };
