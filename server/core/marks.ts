import type { Mark } from "@parley/protocol/conversations";
import type { ServerFrameOf } from "@parley/protocol/frames";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import type { MarksSignal, Store } from "./ports.ts";
import type { ConversationRow } from "./rows.ts";

export type OwnMark = ServerFrameOf<"caught_up">["own"][number];

/** Some marks of a conversation, as its followers are told of them. */
export function marksSignal({ id, head }: ConversationRow, marks: Mark[]): MarksSignal {
  return { t: "marks", conversation: id, marks, head };
}

/** Everything that the followers of this row are told of marks, as it is now: in an inbox their owner's elsewhere. */
export async function readMarks(store: Store, row: ConversationRow): Promise<MarksSignal[]> {
  if (row.kind !== "inbox") return [marksSignal(row, await store.marks(row.id))];
  const user = row.owner as UserId;
  const own = await store.memberships(user);
  const others = own.filter(({ row }) => row.kind !== "direct");
  return others.map(({ row, member: { delivered, read } }) => marksSignal(row, [{ user, delivered, read }]));
}

/** Somebody's own mark, and what came after it. */
export async function marked(
  store: Store,
  conversation: ConversationId,
  { user, delivered, read }: Mark,
): Promise<OwnMark> {
  const { unread, mentions, asOf } = await store.unread(conversation, user, read);
  return { conversation, delivered, read, unread, mentions, as_of: asOf };
}

/** The same where nothing did. */
export function readToHead({ id: conversation, head }: ConversationRow, { delivered, read }: Mark): OwnMark {
  return { conversation, delivered, read, unread: 0, mentions: 0, as_of: head };
}
