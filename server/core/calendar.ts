import type { Time } from "@parley/protocol/ids";
import type { Clock } from "./ports.ts";

const HOUR = 3_600_000;
const DAY_OF_HOURS = 24;

/**
 * The time by which names become free. A clock that jumps forwards is believed only once it has stood for a day, so
 * that setting it wrong for a while takes nobody's name.
 */
export class Calendar {
  readonly #clock: Clock;
  #believed: Time;
  #doubts = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#believed = clock.now();
    clock.after(HOUR, () => this.#hourPassed());
  }

  now(): Time {
    return Math.min(this.#clock.now(), this.#believed + HOUR);
  }

  #hourPassed(): void {
    const now = this.#clock.now();
    // Timers are late at times, and so are hours.
    const isPlausible = now < this.#believed + 2 * HOUR;
    this.#doubts = isPlausible ? 0 : this.#doubts + 1;
    if (isPlausible || this.#doubts >= DAY_OF_HOURS) {
      this.#believed = now;
      this.#doubts = 0;
    } else this.#believed += HOUR;
    this.#clock.after(HOUR, () => this.#hourPassed());
  }
}
