/** How fast something may happen: so many a second, after so many at once. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** How fast anybody may be. */
export interface RateLimits {
  connection: Rate;
  person: Rate;
  address: Rate;
  /** Of one address. */
  signIns: Rate;
  /** People, and addresses, that are remembered at least: twice as many at most. */
  remembered: number;
}

/**
 * A bucket of tokens, which is one number: the time at which it will be full again. One that would take longer than an
 * empty one is from before the clock was set back, and counts as full.
 */
export type FullAt = number;

export const FULL: FullAt = Number.NEGATIVE_INFINITY;

/** Below this a wait is what rounding left of nothing. Milliseconds. */
const NOTHING = 1e-4;

/** Pure: whole milliseconds until this bucket has a token, 0 where it has one. */
export function waitFor(bucket: FullAt, now: number, rate: Rate): number {
  const missing = taken(bucket, now, rate) - now - rate.burst * each(rate);
  return missing > NOTHING ? Math.ceil(missing - NOTHING) : 0;
}

/** Pure: this bucket after one token was taken from it. */
export function taken(bucket: FullAt, now: number, rate: Rate): FullAt {
  const step = each(rate);
  const isOfAnotherTime = bucket > now + (rate.burst + 1) * step;
  return (isOfAnotherTime ? now : Math.max(bucket, now)) + step;
}

/** Milliseconds in which an empty bucket fills. */
export function timeToFill(rate: Rate): number {
  return rate.burst * each(rate);
}

function each({ perSecond }: Rate): number {
  return 1000 / perSecond;
}
