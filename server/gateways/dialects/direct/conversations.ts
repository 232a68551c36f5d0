import type { ConversationRow, MemberRow, User } from "../../../core/rows.ts";
import type { DialectParts } from "../../foreign.ts";
import { actingAs } from "./acting.ts";
import { numberIn } from "./codec.ts";
import { homeOf } from "./home.ts";
import { type Answer, noNumber } from "./messages.ts";
import { newest } from "./newest.ts";
import { shown } from "./shown.ts";
import type { ConversationShown } from "./table.ts";

interface Membership {
  row: ConversationRow;
  member: MemberRow;
}

const NEWEST = { limit: 1, offset: 0 };

/** `GET /messages/conversations/{user_id}`: one row for each in which something was said, the newest first. */
export function listConversations(parts: DialectParts, person: string): Answer {
  return async (_, proven) => {
    const id = numberIn(person);
    if (id === null) return noNumber("user_id");
    const people = await parts.chat.people.known([id]);
    if (people.length === 0) return Response.json([]);
    const user = await actingAs(parts, people, proven);
    return Response.json(await conversationsOf(parts, user));
  };
}

async function conversationsOf(parts: DialectParts, user: User): Promise<ConversationShown[]> {
  const home = await homeOf(parts);
  const rows: ConversationShown[] = [];
  for (const membership of await parts.store.memberships(user.id)) {
    const { id, kind } = membership.row;
    const row = kind === "room" && id !== home ? null : await conversation(parts, user, membership);
    if (row) rows.push(row);
  }
  return rows.sort((a, b) => b.last_message.id - a.last_message.id);
}

async function conversation(
  { chat, store }: DialectParts,
  user: User,
  { row, member }: Membership,
): Promise<ConversationShown | null> {
  const [last_message] = await shown(store, row, await newest(chat, user, row.id, NEWEST));
  if (!last_message) return null;
  const { unread } = await store.unread(row.id, user.id, member.read);
  const about = { last_message, unread_count: unread };
  if (row.kind !== "direct") return { type: "group", group_id: row.id, ...about };
  const { sender_id, recipient_id } = last_message;
  return { type: "direct", user_id: sender_id === user.id ? (recipient_id ?? sender_id) : sender_id, ...about };
}
