import type { Mark } from "@parley/protocol/conversations";
import type { ServerFrameOf } from "@parley/protocol/frames";
import type { UserId } from "@parley/protocol/ids";
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

/** Somebody's own mark, and what is after it; nothing is asked where that is nothing. */
export async function ownMark(store: Store, row: ConversationRow, { user, delivered, read }: Mark): Promise<OwnMark> {
  const isRead = read >= row.head;
  const { unread, mentions, asOf } = isRead
    ? { unread: 0, mentions: 0, asOf: row.head }
    : await store.unread(row.id, user, read);
  return { conversation: row.id, delivered, read, unread, mentions, as_of: asOf };
}
