import type { Args, Result } from "@parley/protocol/commands";
import type { Entry } from "@parley/protocol/entries";
import { ChatError } from "@parley/protocol/errors";
import type { EntryId, Seq, UserId } from "@parley/protocol/ids";
import type { Item } from "@parley/protocol/messages";
import type { Actor, Place } from "./actor.ts";
import { obtain } from "./authorize.ts";
import type { Store } from "./ports.ts";
import type { Logged, Stretch } from "./rows.ts";
import { personOf } from "./summary.ts";

export interface HistoryParts {
  store: Store;
  limits: { page: number };
}

interface Span {
  from: Seq;
  to: Seq | null;
}

const END = Number.MAX_SAFE_INTEGER;

/** Pages of what was said, from any seq and in both directions, within what this person may read. */
export async function history(parts: HistoryParts, actor: Actor, args: Args<"history">): Promise<Result<"history">> {
  const { conversation, before, after, around, limit } = args;
  if ([before, after, around].filter((at) => at !== undefined).length > 1) {
    throw new ChatError("bad_request", "Only one of before, after and around can be given.");
  }
  const place = await obtain(parts.store, actor, conversation);
  const most = Math.min(limit ?? parts.limits.page, parts.limits.page);
  const stretch = await read(parts.store, actor, place, { before, after, around }, most);
  return {
    from: stretch.from,
    to: stretch.to,
    as_of: stretch.asOf,
    items: stretch.items,
    people: (await parts.store.users(peopleIn(stretch.items))).map(personOf),
  };
}

async function read(
  store: Store,
  actor: Actor,
  place: Place,
  at: { before: Seq | undefined; after: Seq | undefined; around: Seq | undefined },
  most: number,
): Promise<Stretch> {
  const spans = await readable(store, actor, place);
  const id = place.row.id;
  // The page after the largest number there is would begin at one that is none.
  if (at.after !== undefined) return later(store, id, spans, Math.min(at.after, END - 1), most);
  if (at.around === undefined) return earlier(store, id, spans, at.before ?? END, most);
  const half = Math.max(1, Math.floor(most / 2));
  const newer = await later(store, id, spans, at.around, half);
  const older = await earlier(store, id, spans, at.around + 1, most - half);
  return { from: older.from, to: newer.to, asOf: older.asOf, items: [...older.items, ...newer.items] };
}

/** May this person, who obtained the conversation, read what stands at this seq? */
export async function mayRead(store: Store, actor: Actor, place: Place, seq: Seq): Promise<boolean> {
  const spans = await readable(store, actor, place);
  return spans.some(({ from, to }) => seq >= from && seq <= (to ?? seq));
}

/** The entry with this id, wherever it stands, for whoever may read it. Throws `not_found`, and `gone` likewise. */
export async function located(store: Store, actor: Actor, id: EntryId): Promise<Logged> {
  const found = Number.isSafeInteger(id) ? await store.located(id) : null;
  if (!found) throw new ChatError("not_found");
  const place = await obtain(store, actor, found.conversation);
  if (!(await mayRead(store, actor, place, found.entry.seq))) throw new ChatError("not_found");
  return found;
}

/** What this person, who obtained the conversation, may read of it: a group only from the time of their memberships. */
export async function readable(store: Store, actor: Actor, { row }: Place): Promise<Span[]> {
  return row.kind === "group" ? store.spans(row.id, actor.user.id) : [{ from: 1, to: null }];
}

/** The page before a seq. What lies between two memberships counts as covered: it was never this reader's. */
async function earlier(store: Store, id: number, spans: Span[], before: Seq, most: number): Promise<Stretch> {
  const at = spans.findLastIndex((span) => span.from < before);
  const span = spans[at];
  if (!span) {
    const { asOf } = await store.stretch(id, { before: 1 }, 1, 1);
    return { from: 1, to: Math.max(0, before - 1), asOf, items: [] };
  }
  const upper = span.to === null ? before : Math.min(before, span.to + 1);
  const stretch = await store.stretch(id, { before: upper }, span.from, most);
  const from = stretch.from > span.from ? stretch.from : (spans[at - 1]?.to ?? 0) + 1;
  const to = before === END ? stretch.to : Math.max(stretch.to, Math.min(before - 1, stretch.asOf));
  return { ...stretch, from, to };
}

async function later(store: Store, id: number, spans: Span[], after: Seq, most: number): Promise<Stretch> {
  const span = spans.find(({ to }) => to === null || to > after);
  if (!span) return { from: after + 1, to: after, asOf: after, items: [] };
  const stretch = await store.stretch(id, { after: Math.max(after, span.from - 1) }, span.from, most);
  if (span.to === null || stretch.to < span.to) return { ...stretch, from: after + 1 };
  const next = spans[spans.indexOf(span) + 1];
  const items = stretch.items.filter((item) => seqOf(item) <= (span.to as Seq));
  return { ...stretch, from: after + 1, to: next ? next.from - 1 : span.to, items };
}

function seqOf(item: Item): Seq {
  return item.kind === "message" ? item.seq : item.entry.seq;
}

function peopleIn(items: readonly Item[]): UserId[] {
  const ids = new Set<UserId>();
  for (const item of items) {
    if (item.kind === "message") {
      ids.add(item.author);
      for (const user of item.mentions) ids.add(user);
    } else {
      ids.add(item.entry.author);
      for (const user of namedBy(item.entry)) ids.add(user);
    }
  }
  return [...ids];
}

function namedBy(entry: Entry): UserId[] {
  return entry.kind === "joined" || entry.kind === "left" || entry.kind === "promoted" ? [entry.body.user] : [];
}
