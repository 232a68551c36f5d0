import type { MemberRole } from "@parley/protocol/conversations";
import type { ConversationId } from "@parley/protocol/ids";
import type { ConversationRow, MemberRow, User } from "./rows.ts";

/** What a membership lets one do, and since when. */
export type Membership = Pick<MemberRow, "role" | "joined">;

/** A conversation as one person obtained it. `member` is null for a reader of a public room. */
export interface Place {
  row: ConversationRow;
  member: Membership | null;
}

/** Somebody who acts, with what their socket already obtained, so that a post need not ask the store again. */
export interface Actor {
  user: User;
  known?(conversation: ConversationId): Place | undefined;
  /** May what they post be blank? Some dialects carry that. */
  saysBlank?: true;
  /** The digest of the token that proved who this is. */
  token?: string | undefined;
}

/** One string for all who have a role, instead of one from each row that was read. */
export const ROLES: Record<MemberRole, MemberRole> = {
  owner: "owner",
  moderator: "moderator",
  member: "member",
  read_only: "read_only",
};
