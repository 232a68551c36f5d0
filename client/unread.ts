import type { Seq } from "@parley/protocol/ids";

/** Counting stops here: it means "more than 999". */
const MANY = 1000;
const REMEMBERED = 512;

/** What one entry does to the counts: a message of somebody else came, or was deleted. */
export interface Effect {
  seq: Seq;
  /** The message that it is about. */
  target: Seq;
  by: 1 | -1;
  mention: boolean;
}

/** Counts as somebody knew them: true at `asOf`, for the read mark `read`. */
export interface Counts {
  read: Seq;
  unread: number;
  mentions: number;
  asOf: Seq;
}

/** Unread messages and mentions, derived from counts that the server told and the entries after them. */
export class Unread {
  #base: Counts;
  #effects: Effect[] = [];
  #forgotten: Seq;
  unread: number;
  mentions: number;

  /** `forgotten` is the newest entry whose effect is in `base` and cannot be taken out of it again. */
  constructor(base: Counts, forgotten: Seq = 0) {
    this.#base = base;
    this.#forgotten = forgotten;
    this.unread = base.unread;
    this.mentions = base.mentions;
  }

  /** The counts as they are now, which is at `asOf`. */
  now(asOf: Seq): Counts {
    return { read: this.#base.read, unread: this.unread, mentions: this.mentions, asOf };
  }

  /** Takes an entry that comes after all that were taken before. */
  take(effect: Effect): void {
    this.#effects.push(effect);
    if (this.#effects.length > REMEMBERED) this.#forgotten = this.#effects.shift()?.seq ?? 0;
    this.#add(effect);
  }

  /** Starts from new counts. False where they are older than what is remembered: then they are not taken. */
  set(base: Counts): boolean {
    if (base.asOf < this.#forgotten) return false;
    this.#base = base;
    this.unread = base.unread;
    this.mentions = base.mentions;
    for (const effect of this.#effects) this.#add(effect);
    return true;
  }

  #add({ seq, target, by, mention }: Effect): void {
    if (seq <= this.#base.asOf || target <= this.#base.read) return;
    this.unread = step(this.unread, by);
    if (mention) this.mentions = step(this.mentions, by);
  }
}

/** "More than 999" stays that: only the server can tell how many it was. */
function step(count: number, by: 1 | -1): number {
  return count >= MANY ? MANY : Math.max(0, count + by);
}
