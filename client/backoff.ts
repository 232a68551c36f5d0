const FIRST_CEILING = 500;
const LAST_CEILING = 20_000;

/** Milliseconds before attempt `attempt` (0 is the first): full jitter under a ceiling that doubles. */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(LAST_CEILING, FIRST_CEILING * 2 ** Math.min(attempt, 16));
  return Math.floor(random() * ceiling);
}
