import type { ConversationId } from "@parley/protocol/ids";
import { Feed, type FeedParts } from "./feed.ts";
import type { Bus, Heard, Note } from "./ports.ts";

export interface FeedsParts extends FeedParts {
  bus: Bus;
  /** Takes what was rung about a conversation besides its entries and marks. */
  passing(conversation: ConversationId, note: Note): void;
  /** All tails of this node together. */
  tailBytes: number;
}

/** A feed whose head is being read. */
interface Opening {
  feed: Promise<Feed | null>;
  /** What the doorbell brought meanwhile. */
  early: Note[];
}

/** The feeds of this node: one for each conversation that somebody here follows. */
export class Feeds {
  readonly #parts: FeedsParts;
  readonly #open = new Map<ConversationId, Feed | Opening>();

  constructor(parts: FeedsParts) {
    this.#parts = parts;
  }

  /** The feed of a conversation, listening before its head is read; null where there is no such conversation. */
  async open(conversation: ConversationId): Promise<Feed | null> {
    const open = this.#open.get(conversation) ?? this.#start(conversation);
    if (!(open instanceof Feed)) return open.feed;
    this.#open.delete(conversation);
    this.#open.set(conversation, open);
    return open;
  }

  /** Is this feed open, or being opened? */
  has(conversation: ConversationId): boolean {
    return this.#open.has(conversation);
  }

  /** The feed, where it is open already. */
  get(conversation: ConversationId): Feed | undefined {
    const open = this.#open.get(conversation);
    return open instanceof Feed ? open : undefined;
  }

  /** Closes a feed that nobody follows. */
  release(feed: Feed): void {
    if (feed.idle) this.#close(feed.row.id, feed);
  }

  all(): Feed[] {
    return [...this.#open.values()].filter((open) => open instanceof Feed);
  }

  /** Keeps the tails within their budget, least recently used out first. */
  trim(): void {
    const feeds = this.all();
    let bytes = 0;
    for (const { tail } of feeds) bytes += tail.bytes;
    for (const feed of feeds) {
      if (bytes <= this.#parts.tailBytes) return;
      bytes -= feed.tail.bytes;
      feed.tail.trim({ entries: 0, bytes: 0 });
    }
  }

  #start(conversation: ConversationId): Opening {
    this.#parts.bus.subscribe(conversation, this.#heard);
    const opening: Opening = { feed: Promise.resolve(null), early: [] };
    this.#open.set(conversation, opening);
    opening.feed = this.#begin(conversation, opening);
    return opening;
  }

  async #begin(conversation: ConversationId, opening: Opening): Promise<Feed | null> {
    try {
      const row = await this.#parts.store.conversation(conversation);
      if (row) return this.#opened(new Feed(row, this.#parts), opening);
    } catch (error) {
      this.#close(conversation, opening);
      throw error;
    }
    this.#close(conversation, opening);
    return null;
  }

  #opened(feed: Feed, { early }: Opening): Feed {
    this.#open.set(feed.row.id, feed);
    for (const note of early) this.#heard(note, feed.row.id);
    return feed;
  }

  #close(conversation: ConversationId, open: Feed | Opening): void {
    if (this.#open.get(conversation) !== open) return;
    this.#open.delete(conversation);
    this.#parts.bus.unsubscribe(conversation, this.#heard);
  }

  /** What is never kept goes to whoever tells of it. */
  #passing(feed: Feed, note: Exclude<Note, { is: "entries" | "marks" }>): void {
    if (note.is === "rung") feed.catchUpSoon();
    this.#parts.passing(feed.row.id, note);
  }

  readonly #heard: Heard = (note, conversation) => {
    const open = this.#open.get(conversation);
    if (!open) return;
    if (!(open instanceof Feed)) open.early.push(note);
    else if (note.is === "entries") open.advance(note.entries);
    else if (note.is === "marks") open.tellMarks(note.told, note.moved);
    else this.#passing(open, note);
  };
}
