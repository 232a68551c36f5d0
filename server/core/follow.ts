import type { Cursor } from "@parley/protocol/cursor";
import { cursorCheck } from "@parley/protocol/cursor";
import { ChatError } from "@parley/protocol/errors";
import type { ServerFrame } from "@parley/protocol/frames";
import type { ConversationId } from "@parley/protocol/ids";
import type { Place } from "./actor.ts";
import { obtain } from "./authorize.ts";
import type { Feed, FeedLimits, Following } from "./feed.ts";
import type { Feeds } from "./feeds.ts";
import type { Follower } from "./hearers.ts";
import type { Store } from "./ports.ts";
import type { User } from "./rows.ts";
import { peopleOf, summarise } from "./summary.ts";

export interface FollowParts {
  store: Store;
  feeds: Feeds;
  limits: FeedLimits;
}

interface Reader extends Follower {
  readonly user: User;
  say(frames: readonly ServerFrame[]): void;
  /** It follows, from here on. */
  followed(following: Following): void;
}

const ATTEMPTS = 8;

/**
 * Brings a reader from its cursor to the live feed of one conversation, without a gap and without a double, or with
 * the size of the hole. Without a cursor it begins with a summary, at that summary's head. Entries after `from` are said.
 * A place that was read already spares reading it again, as long as nothing of it ended since.
 * Throws `not_found` or `gone` where it is not this reader's.
 */
export async function follow(
  parts: FollowParts,
  reader: Reader,
  conversation: ConversationId,
  from: Cursor | null,
  known?: Place,
): Promise<void> {
  let cursor = from;
  let introduced: { feed: Feed; told: number } | null = null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const read = attempt === 0 ? known : undefined;
    const place = read ?? (await obtain(parts.store, { user: reader.user }, conversation));
    const feed = await parts.feeds.open(conversation);
    if (!feed) throw new ChatError("not_found");
    try {
      introduced ??= cursor ? null : { feed, told: feed.marksTold };
      if (feed.head.seq < place.row.head) await feed.catchUp();
      cursor = await approach(parts, reader, feed, place, cursor);
      const reached = await feed.extend(cursor.seq);
      if (!settle(parts, reader, feed, place, cursor, reached)) continue;
      // Marks that were told since the summary was read passed this reader by.
      if (introduced && (introduced.feed !== feed || introduced.told !== feed.marksTold)) feed.doubtMarks();
      return;
    } finally {
      parts.feeds.release(feed);
    }
  }
  throw new ChatError("unavailable", "This conversation moves too fast to be followed now.", 1000);
}

/**
 * The same at once, for a reader who missed nothing: the feed is open, and the cursor its head. False where anything has
 * to be asked or said first.
 */
export function followNow(parts: FollowParts, reader: Reader, { seq, check }: Cursor, place: Place): boolean {
  const feed = parts.feeds.get(place.row.id);
  if (!feed || feed.head.seq !== seq || feed.head.check !== check) return false;
  return settle(parts, reader, feed, place, { seq, check }, true);
}

/** Says what must be said before the feed: a summary, that the cursor is of another history, or what is hidden. */
async function approach(
  parts: FollowParts,
  reader: Reader,
  feed: Feed,
  place: Place,
  cursor: Cursor | null,
): Promise<Cursor> {
  if (!cursor) return introduce(parts, reader, place.row.id);
  if (!(await isOurs(parts.store, feed, cursor))) {
    const { seq: head, check } = feed.head;
    reader.say([{ t: "resync", conversation: place.row.id, have: 0, from: head + 1, head, check, reset: true }]);
    return introduce(parts, reader, place.row.id);
  }
  if (place.row.kind !== "group" || !place.member || cursor.seq >= place.member.joined - 1) return cursor;
  return skipAbsences(parts, reader, place, cursor);
}

async function introduce(parts: FollowParts, reader: Reader, id: ConversationId): Promise<Cursor> {
  const conversation = await summarise(parts.store, id, reader.user.id);
  if (!conversation) throw new ChatError("not_found");
  const people = await peopleOf(parts.store, conversation);
  reader.say([{ t: "conversation", conversation, people }]);
  return { seq: conversation.head, check: conversation.check };
}

/** Is this a cursor of the history that we hold? Not so where it lies beyond the head, or names another entry. */
async function isOurs(store: Store, feed: Feed, cursor: Cursor): Promise<boolean> {
  if (cursor.seq === 0) return true;
  if (cursor.seq > feed.head.seq) return false;
  if (cursor.seq === feed.head.seq) return cursor.check === feed.head.check;
  const entry = feed.tail.at(cursor.seq) ?? (await store.entry(feed.row.id, cursor.seq));
  return entry !== null && cursor.check === cursorCheck(entry.author, entry.key);
}

/** A group is read only from the time of one's memberships: says the rest of earlier ones, and what is hidden. */
async function skipAbsences(parts: FollowParts, reader: Reader, place: Place, cursor: Cursor): Promise<Cursor> {
  const id = place.row.id;
  let seq = cursor.seq;
  for (const span of await parts.store.spans(id, reader.user.id)) {
    if (span.to !== null && span.to <= seq) continue;
    if (span.from > seq + 1) reader.say([{ t: "hidden", conversation: id, from: seq + 1, to: span.from - 1 }]);
    seq = Math.max(seq, span.from - 1);
    if (span.to === null) break;
    seq = await sayUntil(parts, reader, id, seq, span.to);
  }
  const before = seq > 0 ? await parts.store.entry(id, seq) : null;
  return { seq, check: before ? cursorCheck(before.author, before.key) : 0 };
}

async function sayUntil(parts: FollowParts, reader: Reader, id: ConversationId, after: number, to: number) {
  let seq = after;
  while (seq < to) {
    const { resumeEntries, resumeBytes } = parts.limits;
    const read = await parts.store.entries(id, seq, Math.min(to - seq, resumeEntries), resumeBytes);
    const entries = read.filter((entry) => entry.seq <= to);
    if (entries.length === 0) break;
    reader.say([{ t: "entries", conversation: id, entries }]);
    await reader.outlet.drained();
    seq = (entries.at(-1) as { seq: number }).seq;
  }
  return seq;
}

/** The one synchronous step: check that nothing came between, say what is missing, subscribe. */
function settle(
  parts: FollowParts,
  reader: Reader,
  feed: Feed,
  place: Place,
  cursor: Cursor,
  reached: boolean,
): boolean {
  const id = place.row.id;
  if (parts.feeds.get(id) !== feed || feed.head.seq < place.row.head || feed.row.closed) return false;
  if (reached && feed.tail.reaches > cursor.seq) return false;
  if (feed.tail.reaches > place.row.head || isOutdated(feed, place, reader.user.id)) return false;
  const from = reached ? cursor.seq : feed.head.seq;
  if (reached) {
    const missing = feed.encodedAfter(cursor.seq, reader.codec);
    if (missing) reader.outlet.send(missing);
  } else {
    const { seq: head, check } = feed.head;
    reader.say([{ t: "resync", conversation: id, have: cursor.seq, from: head + 1, head, check, reset: false }]);
  }
  reader.followed(feed.add(reader, place.member, from));
  return true;
}

/** Did this membership end, or get another role, since it was read from the store? */
function isOutdated(feed: Feed, place: Place, user: number): boolean {
  if (feed.head.seq === place.row.head) return false;
  return feed.tail
    .after(place.row.head)
    .some(({ kind, body }) => (kind === "left" || kind === "promoted") && body.user === user);
}
