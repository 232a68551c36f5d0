import type { Clock } from "../core/ports.ts";

/** Milliseconds between two looks. */
const LOOK = 1_000;
/** Milliseconds of processor time between two looks; a process that spent more is at work. */
const WORK = 250;
/** Looks in a row without work, after which it is over. */
const CALM = 2;

/**
 * Calls back each time that work is over, and never in the middle of it: `spent` is the processor time so far, in
 * milliseconds. What the call itself costs is no work. The result ends it.
 */
export function afterWork(clock: Clock, spent: () => number, call: () => void): () => void {
  let last = spent();
  /** Null where there was no work since the last call. */
  let calm: number | null = null;
  let cancel: () => void;
  const look = () => {
    if (spent() - last > WORK) calm = 0;
    else if (calm !== null) calm += 1;
    if (calm === CALM) {
      calm = null;
      call();
    }
    last = spent();
    cancel = clock.after(LOOK, look);
  };
  cancel = clock.after(LOOK, look);
  return () => cancel();
}

/** Processor time of this process. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
