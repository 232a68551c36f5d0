import type { Clock } from "../core/ports.ts";

/** The machine's clock and event loop. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  turn(call) {
    setImmediate(call);
  },
};
