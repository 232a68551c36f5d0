import type { Time } from "@parley/protocol/ids";

/** Have fewer than `ms` passed since then? Not on a clock that was set back: it says nothing, and nobody waits for it. */
export function within(ms: number, since: Time, now: Time): boolean {
  return since <= now && now - since < ms;
}
