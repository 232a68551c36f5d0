import type { Args, Result } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Seq } from "@parley/protocol/ids";
import { tellsMarks } from "@parley/protocol/marks";
import type { Actor, Place } from "./actor.ts";
import { obtain, obtainAsMember } from "./authorize.ts";
import { can } from "./capabilities.ts";
import type { Committed, MarkMove } from "./commit.ts";
import type { Committer } from "./committer.ts";
import type { Feeds } from "./feeds.ts";
import { marksSignal } from "./marks.ts";
import type { Bus, Clock, MarksSignal, Observer, Store } from "./ports.ts";
import type { ConversationRow, User } from "./rows.ts";

export interface ReceiptsParts {
  store: Store;
  bus: Bus;
  feeds: Feeds;
  observer: Observer;
}

/** Moves one's own marks: they only go forward, and counts are derived from them. Where few talk, the time is kept. */
export async function mark(
  parts: { store: Store; clock: Clock; committer: Committer },
  actor: Actor,
  { conversation, delivered, read }: Args<"mark">,
): Promise<Result<"mark">> {
  const { store, clock, committer } = parts;
  const { row } = await obtainAsMember(store, actor, conversation);
  const user = actor.user.id;
  const move = { conversation, user, delivered: Math.max(delivered ?? 0, read ?? 0), read: read ?? 0 };
  await committer.move(tellsMarks(row) ? { ...move, time: clock.now() } : move);
  const member = await store.member(conversation, user);
  if (!member) throw new ChatError("not_member");
  const { unread, mentions, asOf } = await store.unread(conversation, user, member.read);
  return { delivered: member.delivered, read: member.read, unread, mentions, as_of: asOf };
}

/**
 * The ledger of one entry: when it was committed and how far it has come among the others. Names and times are for its
 * author and for the server's owner, who need not be a member; members read of everything else how many.
 */
export async function receipts(
  store: Store,
  { user }: Actor,
  { conversation, seq }: Args<"receipts">,
): Promise<Result<"receipts">> {
  const place = await obtain(store, { user }, conversation, "read_ledger");
  const audits = can(user, "read_ledger", place.row, place.member);
  if (!place.member && !audits) throw new ChatError("not_member");
  const entry = await store.entry(conversation, seq);
  if (!entry || !(audits || (await mayRead(store, user, place, seq)))) throw new ChatError("not_found");
  const few = tellsMarks(place.row);
  const ledger = {
    committed: entry.time,
    ...(await store.reached(conversation, seq, entry.author)),
    marks: few && place.member ? await store.marks(conversation) : [],
  };
  if (!few || !(audits || entry.author === user.id)) return ledger;
  return { ...ledger, by: await store.reachedBy(conversation, seq, entry.author) };
}

/** What was said in a group between somebody's memberships does not exist for them. */
async function mayRead(store: Store, user: User, { row }: Place, seq: Seq): Promise<boolean> {
  if (row.kind !== "group") return true;
  const spans = await store.spans(row.id, user.id);
  return spans.some(({ from, to }) => seq >= from && (to === null || seq <= to));
}

/**
 * Tells marks that were committed: to everybody in directs and small groups, elsewhere only to the other devices of
 * the same person, so that a mark in a room of thousands costs one telling.
 */
export async function tellMoved(parts: ReceiptsParts, { moved, raised }: Committed): Promise<void> {
  for (const [conversation, moves] of Map.groupBy(moved, (move) => move.conversation)) {
    const row = await rowOf(parts, conversation);
    // The group may have become a small one while the move was on its way.
    const told = row && tellsMarks(row) ? moves : moves.filter(isTimed);
    if (told.length > 0) await tell(parts, conversation, told, raised);
  }
  const own = Map.groupBy(
    moved.filter((move) => !isTimed(move)),
    (move) => move.user,
  );
  if (own.size === 0) return;
  for (const { id, inbox } of await parts.store.users([...own.keys()])) {
    await tell(parts, inbox, own.get(id) ?? [], raised);
  }
}

function isTimed({ time }: MarkMove): boolean {
  return time !== undefined;
}

async function rowOf({ feeds, store }: ReceiptsParts, id: ConversationId): Promise<ConversationRow | null> {
  return feeds.get(id)?.row ?? (await store.conversation(id));
}

/** All that a row's followers are told of one commit is one note: what its counter counts is told or lost as a whole. */
async function tell(
  parts: ReceiptsParts,
  to: ConversationId,
  moves: readonly MarkMove[],
  raised: Committed["raised"],
): Promise<void> {
  const told: MarksSignal[] = [];
  for (const [conversation, moved] of Map.groupBy(moves, (move) => move.conversation)) {
    const row = await rowOf(parts, conversation);
    const marks = moved.map(({ conversation: _, ...mark }) => mark);
    if (row) told.push(marksSignal(row, marks));
  }
  parts.bus.publish(to, { is: "marks", told, moved: raised.get(to) ?? null });
}
