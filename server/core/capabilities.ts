import type { MemberRole } from "@parley/protocol/conversations";
import type { ConversationRow, User } from "./ports.ts";

/** What one may do in a conversation that one has obtained. */
export type Action =
  | "post"
  | "delete_others"
  /** Whom anybody's entries reached, and when; not what they say. */
  | "read_ledger"
  | "rename"
  | "delete_room"
  | "add_member"
  | "remove_member"
  | "leave"
  | "join";

type Standing = MemberRole | "server_owner" | "outsider";

const MEMBERS: Standing[] = ["owner", "moderator", "member"];
const KEEPERS: Standing[] = ["owner", "moderator", "server_owner"];
const OWNERS: Standing[] = ["owner", "server_owner"];
const OWNER_OF_ALL: Standing[] = ["server_owner"];
const NOBODY: Standing[] = [];

/** Who may do what, by kind of conversation. The whole truth: `can` only looks things up here. */
const TABLE: Record<"public" | "private" | "group" | "direct" | "inbox", Record<Action, Standing[]>> = {
  public: {
    post: MEMBERS,
    delete_others: KEEPERS,
    read_ledger: OWNER_OF_ALL,
    rename: OWNERS,
    delete_room: OWNERS,
    add_member: MEMBERS,
    remove_member: KEEPERS,
    leave: [...MEMBERS, "read_only"],
    join: ["outsider"],
  },
  private: {
    post: MEMBERS,
    delete_others: KEEPERS,
    read_ledger: OWNER_OF_ALL,
    rename: OWNERS,
    delete_room: OWNERS,
    add_member: KEEPERS,
    remove_member: KEEPERS,
    leave: [...MEMBERS, "read_only"],
    join: NOBODY,
  },
  group: {
    post: MEMBERS,
    delete_others: NOBODY,
    read_ledger: OWNER_OF_ALL,
    rename: MEMBERS,
    delete_room: NOBODY,
    add_member: MEMBERS,
    remove_member: ["owner"],
    leave: MEMBERS,
    join: NOBODY,
  },
  direct: {
    post: MEMBERS,
    delete_others: NOBODY,
    read_ledger: OWNER_OF_ALL,
    rename: NOBODY,
    delete_room: NOBODY,
    add_member: NOBODY,
    remove_member: NOBODY,
    leave: NOBODY,
    join: NOBODY,
  },
  inbox: {
    post: NOBODY,
    delete_others: NOBODY,
    read_ledger: NOBODY,
    rename: NOBODY,
    delete_room: NOBODY,
    add_member: NOBODY,
    remove_member: NOBODY,
    leave: NOBODY,
    join: NOBODY,
  },
};

/** Pure: may this person do this here? Being able to read is decided by how the conversation was obtained. */
export function can(actor: User, action: Action, row: ConversationRow, member: { role: MemberRole } | null): boolean {
  const allowed = TABLE[row.kind === "room" ? row.visibility : row.kind][action];
  if (allowed.includes(member ? member.role : "outsider")) return true;
  return actor.role === "owner" && allowed.includes("server_owner");
}
