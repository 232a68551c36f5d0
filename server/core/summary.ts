import type { Conversation, Mark } from "@parley/protocol/conversations";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import { tellsMarks } from "@parley/protocol/marks";
import type { Person } from "@parley/protocol/people";
import type { Store } from "./ports.ts";
import type { Sight, User } from "./rows.ts";

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
    const sight = await store.sight(conversation, user);
    if (!sight || sight.row.closed) return null;
    if (!sight.member || !tellsMarks(sight.row)) return describe(sight, []);
    // Read between two looks at the head, which must be the same.
    const marks = await store.marks(conversation);
    const again = await store.conversation(conversation);
    if (again?.head === sight.row.head) return describe(sight, marks);
  }
}

function describe({ row, member, unread, mentions, latest }: Sight, marks: Mark[]): Conversation {
  const { closed: _, moved: __, messages: ___, ...shown } = row;
  return {
    ...shown,
    role: member?.role ?? null,
    joined: member?.joined ?? 0,
    delivered: member?.delivered ?? 0,
    read: member?.read ?? 0,
    unread,
    mentions,
    marks,
    latest,
  };
}

/** The people whom a client needs at first sight of a conversation. */
export async function peopleOf(store: Store, conversation: Conversation): Promise<Person[]> {
  const ids = new Set(conversation.marks.map((mark) => mark.user));
  if (conversation.owner !== null) ids.add(conversation.owner);
  return (await store.users([...ids])).map(personOf);
}
