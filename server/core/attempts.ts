import { ChatError } from "@parley/protocol/errors";
import type { Time } from "@parley/protocol/ids";
import type { Clock } from "./ports.ts";

export interface AttemptLimits {
  /** So many at once. */
  most: number;
  /** Milliseconds after which one more is given back. */
  each: number;
}

interface Bucket {
  left: number;
  at: Time;
}

const KEPT = 10_000;

/** Counts attempts at something, apart for whoever or whatever they are about. Its memory is bounded. */
export class Attempts {
  readonly #clock: Clock;
  readonly #limits: AttemptLimits;
  /** The least recently tried first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, limits: AttemptLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Counts one, from its beginning on; the result takes it back. Throws `too_fast` where there were too many. */
  begin(about: string): () => void {
    const bucket = this.#now(about);
    if (bucket.left < 1) throw new ChatError("too_fast", undefined, Math.ceil((1 - bucket.left) * this.#limits.each));
    bucket.left -= 1;
    this.#keep(about, bucket);
    return () => {
      bucket.left = Math.min(this.#limits.most, bucket.left + 1);
    };
  }

  #now(about: string): Bucket {
    const { most, each } = this.#limits;
    const now = this.#clock.now();
    const bucket = this.#buckets.get(about) ?? { left: most, at: now };
    bucket.left = Math.min(most, bucket.left + Math.max(0, now - bucket.at) / each);
    bucket.at = now;
    return bucket;
  }

  #keep(about: string, bucket: Bucket): void {
    this.#buckets.delete(about);
    this.#buckets.set(about, bucket);
    if (this.#buckets.size > KEPT) this.#buckets.delete(this.#buckets.keys().next().value as string);
  }
}
