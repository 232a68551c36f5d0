import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Seq } from "@parley/protocol/ids";
import type { Feeds } from "./feeds.ts";
import type { Tap } from "./hearers.ts";
import type { Store } from "./ports.ts";
import type { ConversationRow } from "./rows.ts";

export interface Tapped {
  /** The feed's own row, kept up with every entry that was heard; not to be changed. */
  readonly row: ConversationRow;
  /** Everything after this seq is heard. */
  readonly from: Seq;
  untap(): void;
}

export interface TapParts {
  store: Store;
  feeds: Feeds;
}

const ATTEMPTS = 8;

/** Hears a conversation from now on. Whether anybody may is for the caller. Throws `not_found` or `gone`. */
export async function tapped(parts: TapParts, id: ConversationId, tap: Tap): Promise<Tapped> {
  const { store, feeds } = parts;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await store.conversation(id);
    if (!row) throw new ChatError("not_found");
    if (row.closed) throw new ChatError("gone");
    const feed = await feeds.open(id);
    if (!feed) throw new ChatError("not_found");
    try {
      if (feed.head.seq < row.head) await feed.catchUp();
      // From here to `tap` nothing may wait: what came between would be missed.
      if (feeds.get(id) !== feed || feed.head.seq < row.head || feed.row.closed) continue;
      const untap = feed.tap(tap, () => feeds.release(feed));
      return { row: feed.row, from: feed.head.seq, untap };
    } finally {
      feeds.release(feed);
    }
  }
  throw new ChatError("unavailable", "This conversation moves too fast to be heard now.", 1000);
}
