import type { ConversationId } from "@parley/protocol/ids";
import { Feed, type FeedParts } from "./feed.ts";
import type { Bus, Note } from "./ports.ts";

export interface FeedsParts extends FeedParts {
  bus: Bus;
  /** Takes what was rung about a conversation besides its entries and marks. */
  passing(conversation: ConversationId, note: Note): void;
  /** All tails of this node together. */
  tailBytes: number;
}

interface Open {
  feed: Feed | null;
  opening: Promise<Feed | null>;
  /** What the doorbell brought before the head was known. */
  early: Note[];
  unsubscribe(): void;
}

/** The feeds of this node: one for each conversation that somebody here follows. */
export class Feeds {
  readonly #parts: FeedsParts;
  readonly #open = new Map<ConversationId, Open>();

  constructor(parts: FeedsParts) {
    this.#parts = parts;
  }

  /** The feed of a conversation, listening before its head is read; null where there is no such conversation. */
  open(conversation: ConversationId): Promise<Feed | null> {
    const open = this.#open.get(conversation) ?? this.#start(conversation);
    if (open.feed) {
      this.#open.delete(conversation);
      this.#open.set(conversation, open);
    }
    return open.opening;
  }

  /** The feed, where it is open already. */
  get(conversation: ConversationId): Feed | undefined {
    return this.#open.get(conversation)?.feed ?? undefined;
  }

  /** Closes a feed that nobody follows. */
  release(feed: Feed): void {
    const open = this.#open.get(feed.row.id);
    if (!feed.idle || open?.feed !== feed) return;
    open.unsubscribe();
    this.#open.delete(feed.row.id);
  }

  all(): Feed[] {
    return [...this.#open.values()].flatMap((open) => open.feed ?? []);
  }

  /** Keeps the tails within their budget, least recently used out first. */
  trim(): void {
    let bytes = 0;
    for (const open of this.#open.values()) bytes += open.feed?.tail.bytes ?? 0;
    for (const { feed } of this.#open.values()) {
      if (bytes <= this.#parts.tailBytes) return;
      if (!feed) continue;
      bytes -= feed.tail.bytes;
      feed.tail.trim({ entries: 0, bytes: 0 });
    }
  }

  #start(conversation: ConversationId): Open {
    const open: Open = {
      feed: null,
      early: [],
      unsubscribe: this.#parts.bus.subscribe(conversation, (note) => this.#heard(conversation, note)),
      opening: Promise.resolve(null),
    };
    this.#open.set(conversation, open);
    open.opening = this.#begin(conversation, open).catch((error) => {
      this.#abandon(conversation, open);
      throw error;
    });
    return open;
  }

  async #begin(conversation: ConversationId, open: Open): Promise<Feed | null> {
    const row = await this.#parts.store.conversation(conversation);
    if (!row) {
      this.#abandon(conversation, open);
      return null;
    }
    open.feed = new Feed(row, this.#parts);
    for (const note of open.early.splice(0)) this.#heard(conversation, note);
    return open.feed;
  }

  #abandon(conversation: ConversationId, open: Open): void {
    open.unsubscribe();
    if (this.#open.get(conversation) === open) this.#open.delete(conversation);
  }

  /** What is never kept goes to whoever tells of it. */
  #passing(feed: Feed, note: Exclude<Note, { is: "entries" | "marks" }>): void {
    if (note.is === "rung") feed.catchUpSoon();
    this.#parts.passing(feed.row.id, note);
  }

  #heard(conversation: ConversationId, note: Note): void {
    const open = this.#open.get(conversation);
    if (!open) return;
    if (!open.feed) open.early.push(note);
    else if (note.is === "entries") open.feed.advance(note.entries);
    else if (note.is === "marks") open.feed.tellMarks(note.told, note.moved);
    else this.#passing(open.feed, note);
  }
}
