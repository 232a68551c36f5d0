import type { MemberRole } from "@parley/protocol/conversations";
import type { ConversationRow, User } from "./rows.ts";

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
const ANYBODY: Standing[] = ["owner", "moderator", "member", "read_only", "server_owner", "outsider"];
const OWNER_OF_ALL: Standing[] = ["server_owner"];
const NOBODY: Standing[] = [];

type Place = "public" | "unowned" | "private" | "group" | "direct" | "inbox";

const PUBLIC: Record<Action, Standing[]> = {
  post: MEMBERS,
  delete_others: KEEPERS,
  read_ledger: OWNER_OF_ALL,
  rename: OWNERS,
  delete_room: OWNERS,
  add_member: MEMBERS,
  remove_member: KEEPERS,
  leave: [...MEMBERS, "read_only"],
  join: ["outsider"],
};

/** Who may do what, by kind of conversation. The whole truth: `can` only looks things up here. */
const TABLE: Record<Place, Record<Action, Standing[]>> = {
  public: PUBLIC,
  /** A public room that belongs to nobody. */
  unowned: { ...PUBLIC, delete_room: ANYBODY },
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
  const allowed = TABLE[placeOf(row)][action];
  if (allowed.includes(member ? member.role : "outsider")) return true;
  return actor.role === "owner" && allowed.includes("server_owner");
}

function placeOf(row: ConversationRow): Place {
  if (row.kind !== "room") return row.kind;
  return isUnowned(row) ? "unowned" : row.visibility;
}

/** Pure: does this room belong to nobody, until somebody makes it theirs? */
export function isUnowned({ kind, visibility, owner }: ConversationRow): boolean {
  return kind === "room" && visibility === "public" && owner === null;
}
