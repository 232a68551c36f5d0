import type { Args, Result } from "@parley/protocol/commands";
import type { Mark } from "@parley/protocol/conversations";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId } from "@parley/protocol/ids";
import { tellsMarks } from "@parley/protocol/marks";
import type { Actor } from "./actor.ts";
import { obtainAsMember } from "./authorize.ts";
import type { Committer } from "./committer.ts";
import type { Feeds } from "./feeds.ts";
import type { Bus, ConversationRow, MarkMove, Observer, Store } from "./ports.ts";

export interface ReceiptsParts {
  store: Store;
  bus: Bus;
  feeds: Feeds;
  observer: Observer;
}

/** Moves one's own marks: they only go forward, and counts are derived from them. */
export async function mark(
  parts: { store: Store; committer: Committer },
  actor: Actor,
  { conversation, delivered, read }: Args<"mark">,
): Promise<Result<"mark">> {
  const { store, committer } = parts;
  await obtainAsMember(store, actor, conversation);
  const user = actor.user.id;
  await committer.move({ conversation, user, delivered: Math.max(delivered ?? 0, read ?? 0), read: read ?? 0 });
  const member = await store.member(conversation, user);
  if (!member) throw new ChatError("not_member");
  const { unread, mentions, asOf } = await store.unread(conversation, user, member.read);
  return { delivered: member.delivered, read: member.read, unread, mentions, as_of: asOf };
}

/** How far an entry has come among the others; by name where the conversation is small. */
export async function receipts(
  store: Store,
  actor: Actor,
  { conversation, seq }: Args<"receipts">,
): Promise<Result<"receipts">> {
  const { row } = await obtainAsMember(store, { user: actor.user }, conversation);
  const marks = tellsMarks(row) ? await store.marks(conversation) : [];
  return { ...(await store.reached(conversation, seq, actor.user.id)), marks };
}

/**
 * Tells marks that were committed: to everybody in directs and small groups, elsewhere only to the other devices of
 * the same person, so that a mark in a room of thousands costs one telling.
 */
export async function tellMoved(parts: ReceiptsParts, moves: readonly MarkMove[]): Promise<void> {
  const byConversation = Map.groupBy(moves, (move) => move.conversation);
  const own: MarkMove[] = [];
  for (const [conversation, moved] of byConversation) {
    const row = await rowOf(parts, conversation);
    if (!row) continue;
    if (tellsMarks(row)) tell(parts, conversation, conversation, row, moved);
    else own.push(...moved);
  }
  if (own.length === 0) return;
  const people = new Map(
    (await parts.store.users([...new Set(own.map((m) => m.user))])).map((user) => [user.id, user]),
  );
  for (const move of own) {
    const inbox = people.get(move.user)?.inbox;
    const row = await rowOf(parts, move.conversation);
    if (inbox !== undefined && row) tell(parts, inbox, move.conversation, row, [move]);
  }
}

async function rowOf({ feeds, store }: ReceiptsParts, id: ConversationId): Promise<ConversationRow | null> {
  return feeds.get(id)?.row ?? (await store.conversation(id));
}

function tell(parts: ReceiptsParts, to: ConversationId, of: ConversationId, row: ConversationRow, moved: MarkMove[]) {
  const marks: Mark[] = moved.map(({ user, delivered, read }) => ({ user, delivered, read }));
  parts.bus.publish(to, { is: "signal", signal: { t: "marks", conversation: of, marks, head: row.head } });
}
