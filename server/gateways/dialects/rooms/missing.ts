import type { Clock } from "../../../core/ports.ts";

/** Closes after which somebody who asks again is refused at the handshake, and milliseconds in which each counts. */
const PATIENCE = 3;
const COUNTED = 60_000;
/** Callers that are remembered; beyond, the oldest is forgotten. */
const REMEMBERED = 10_000;

/**
 * Who asked for rooms that there are not. Old clients take an accepted handshake for a success and come back at once,
 * for ever; only a refusal makes them give up.
 */
export class Missing {
  readonly #clock: Clock;
  readonly #counts = new Map<string, { count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes that this caller asks in vain; true where that was told often enough. */
  again(caller: string): boolean {
    const noted = this.#counts.get(caller) ?? this.#note(caller);
    if (noted.count >= PATIENCE) return true;
    noted.count += 1;
    this.#clock.after(COUNTED, () => {
      noted.count -= 1;
      if (noted.count === 0 && this.#counts.get(caller) === noted) this.#counts.delete(caller);
    });
    return false;
  }

  #note(caller: string): { count: number } {
    const [oldest] = this.#counts.keys();
    if (this.#counts.size >= REMEMBERED && oldest !== undefined) this.#counts.delete(oldest);
    const noted = { count: 0 };
    this.#counts.set(caller, noted);
    return noted;
  }
}
