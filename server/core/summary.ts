import type { Conversation, Mark } from "@parley/protocol/conversations";
import type { ConversationId, Time, UserId } from "@parley/protocol/ids";
import { tellsMarks } from "@parley/protocol/marks";
import type { Person } from "@parley/protocol/people";
import type { Store } from "./ports.ts";
import type { ConversationRow, MemberRow, User } from "./rows.ts";

export function personOf(user: User): Person {
  const { inbox: _, ...person } = user;
  return person;
}

/** What dialects call somebody: an open person by their name exactly, everybody else by their unique name. */
export function calledIn({ open, name, handle }: Person): string {
  return open ? name : handle;
}

/** A conversation as this person sees it; everything in it is true at one head. Null where it is none of theirs. */
export async function summarise(
  store: Store,
  conversation: ConversationId,
  user: UserId,
): Promise<Conversation | null> {
  for (;;) {
    // One after the other: everything is read between two looks at the head, which must be the same.
    const row = await store.conversation(conversation);
    if (!row || row.closed) return null;
    const member = await store.member(conversation, user);
    const counts = member
      ? await store.unread(conversation, user, member.read)
      : { unread: 0, mentions: 0, asOf: row.head };
    const marks = tellsMarks(row) && member ? await store.marks(conversation) : [];
    const latest = await timeAt(store, row);
    const again = await store.conversation(conversation);
    if (again?.head === row.head && counts.asOf === row.head)
      return { ...describe(row, member, counts, marks), latest };
  }
}

/** When the newest entry was written: entries know it, so that no commit has to. */
async function timeAt(store: Store, { id, head, created }: ConversationRow): Promise<Time> {
  return (await store.entry(id, head))?.time ?? created;
}

function describe(
  row: ConversationRow,
  member: MemberRow | null,
  counts: { unread: number; mentions: number },
  marks: Mark[],
): Omit<Conversation, "latest"> {
  const { closed: _, moved: __, messages: ___, ...shown } = row;
  return {
    ...shown,
    role: member?.role ?? null,
    joined: member?.joined ?? 0,
    delivered: member?.delivered ?? 0,
    read: member?.read ?? 0,
    unread: counts.unread,
    mentions: counts.mentions,
    marks,
  };
}

/** The people whom a client needs at first sight of a conversation. */
export async function peopleOf(store: Store, conversation: Conversation): Promise<Person[]> {
  const ids = new Set(conversation.marks.map((mark) => mark.user));
  if (conversation.owner !== null) ids.add(conversation.owner);
  return (await store.users([...ids])).map(personOf);
}
