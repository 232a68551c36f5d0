import type { ConversationKind, Visibility } from "@parley/protocol/conversations";
import type { ConversationRow, User } from "../../core/rows.ts";

export type StoredConversation = Omit<ConversationRow, "check"> & {
  kind: ConversationKind;
  visibility: Visibility;
  head_check: number;
};

export function conversationOf({ head_check: check, ...row }: StoredConversation): ConversationRow {
  const { id, kind, name, topic, visibility, owner, head, created, members, messages, closed, moved } = row;
  return { id, kind, name, topic, visibility, owner, head, check, created, members, messages, closed, moved };
}

export type StoredUser = Omit<User, "open"> & { open: boolean };

export function userOf({ id, name, handle, kind, role, inbox, open }: StoredUser): User {
  const user = { id, name, handle, kind, role, inbox };
  return open ? { ...user, open: true } : user;
}
