import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, Seq } from "@parley/protocol/ids";
import type { Actor } from "./actor.ts";
import { obtain } from "./authorize.ts";
import { readable } from "./history.ts";
import type { Store } from "./ports.ts";

export interface LogPage {
  /** Oldest first. */
  entries: Entry[];
  /** Everything up to here was told, or was never this reader's. */
  to: Seq;
  head: Seq;
}

export interface LogAsked {
  conversation: ConversationId;
  after: Seq;
  limit: number;
  /** About so many at most, but at least one entry where there is one. */
  bytes: number;
}

/** The log after a seq, as this person may read it. Throws `not_found` and `gone`. */
export async function logAfter(store: Store, actor: Actor, asked: LogAsked): Promise<LogPage> {
  const { conversation, after, limit, bytes } = asked;
  const place = await obtain(store, actor, conversation);
  const { head } = place.row;
  const span = (await readable(store, actor, place)).find(({ to }) => to === null || to > after);
  if (!span) return { entries: [], to: Math.max(after, head), head };
  const from = Math.max(after, span.from - 1);
  // What was written since the head was read is for the next page.
  const end = Math.min(span.to ?? head, head);
  const read = from < end ? await store.entries(conversation, from, Math.min(limit, end - from), bytes) : [];
  return { entries: read, to: read.at(-1)?.seq ?? from, head };
}
