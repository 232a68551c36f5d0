import type { ClientClock } from "../client.ts";

interface Timer {
  at: number;
  call: () => void;
}

/** Lets everything run that is due in this turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements ClientClock {
  #now = 1_000_000;
  #ahead = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.#now + this.#ahead;
  }

  /** Somebody sets the clock; what was to happen in so many milliseconds still does. */
  set(by: number): void {
    this.#ahead += by;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Goes on by `ms`, calling everything that falls due at its own time and in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turn();
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.call();
      await turn();
    }
    this.#now = end;
  }
}
