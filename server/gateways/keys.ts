import type { Key } from "@parley/protocol/ids";
import type { Clock, Digests } from "../core/ports.ts";

const RANDOM_LENGTH = 10;

/**
 * Makes a new key at each call, for what comes without one: no other run of the server makes it. They begin alike, and
 * with the time: the store keeps keys in order, and new ones beside each other cost it least.
 */
export function keysOf(clock: Pick<Clock, "now">, digests: Pick<Digests, "random">): () => Key {
  const begin = `${clock.now().toString(36)}${digests.random(RANDOM_LENGTH)}-`;
  let made = 0;
  return () => {
    made += 1;
    return begin + made;
  };
}
