import { textIn, timeIn } from "../heard.ts";

const DIRECT = "/dialects/direct";

/** Whom one writes to: a person, or a group. */
export type Other = { user: number } | { group: number };

export type Status = "sent" | "delivered" | "read";

export interface Message {
  id: number;
  by: number;
  text: string;
  at: number;
  status: Status;
}

/** Somebody to write to, and how much of theirs was not read. */
export interface Row {
  other: Other;
  unread: number;
}

/** Whom a frame or a question is for, as the protocol says it. */
export function addressed(other: Other): { recipient_id: number } | { group_id: number } {
  return "user" in other ? { recipient_id: other.user } : { group_id: other.group };
}

export function isSame(one: Other, other: Other | null): boolean {
  return other !== null && JSON.stringify(one) === JSON.stringify(other);
}

export async function online(): Promise<number[]> {
  const { online_users } = (await asked("/ws/online-users")) as { online_users: number[] };
  return online_users;
}

export async function conversations(me: number): Promise<Row[]> {
  const rows = (await asked(`/messages/conversations/${me}`)) as Record<string, unknown>[];
  return rows.map((row) => ({
    other: row.type === "group" ? { group: Number(row.group_id) } : { user: Number(row.user_id) },
    unread: Number(row.unread_count),
  }));
}

/** What was said between two people or in a group, the oldest first. */
export async function messages(me: number, other: Other): Promise<Message[]> {
  const whose = "user" in other ? `user1_id=${me}&user2_id=${other.user}` : `group_id=${other.group}`;
  const newest = (await asked(`/messages/?limit=100&${whose}`)) as Record<string, unknown>[];
  return newest.toReversed().map((message) => ({
    id: Number(message.id),
    by: Number(message.sender_id),
    text: textIn(message.message),
    at: timeIn(message.timestamp),
    status: message.status as Status,
  }));
}

async function asked(path: string): Promise<unknown> {
  const answer = await fetch(DIRECT + path);
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.json();
}
