import { isIP } from "node:net";
import { ChatError } from "@parley/protocol/errors";
import type { UserId } from "@parley/protocol/ids";
import { FULL, type FullAt, type Rate, type RateLimits, taken, timeToFill, waitFor } from "../core/bucket.ts";
import type { People } from "../core/people.ts";
import type { Clock } from "../core/ports.ts";
import type { User } from "../core/rows.ts";

/** Whoever gives commands on a line: its own bucket is kept with it. */
export interface Limited {
  readonly network: string;
  commands: FullAt;
}

/** Each counts one more of something, where it is within its limits, or says in how many milliseconds it will be. */
export interface Rates {
  /** A request over HTTP, or a handshake. */
  request(network: string): number;
  /** What somebody who proved who they are asks over HTTP. */
  deed(person: UserId): number;
  /** A frame of a socket. */
  command(line: Limited, person: UserId): number;
  /** Somebody new, or a proof that was none. */
  signIn(network: string): number;
}

/** Nobody is limited. */
export const unlimited: Rates = { request: () => 0, deed: () => 0, command: () => 0, signIn: () => 0 };

/** Token buckets by connection, person and address. What is refused takes no token from any of them. */
export function limited(limits: RateLimits, clock: Clock): Rates {
  const { remembered } = limits;
  // Small numbers are told apart more finely: of a date not even thousandths of a millisecond can be.
  const began = clock.now();
  const time = () => clock.now() - began;
  const people = new Buckets<UserId>(limits.person, remembered);
  const addresses = new Buckets<string>(limits.address, remembered);
  const signIns = new Buckets<string>(limits.signIns, remembered);
  const one = <K>(buckets: Buckets<K>) => {
    return (key: K): number => {
      const now = time();
      const wait = buckets.wait(key, now);
      if (wait === 0) buckets.take(key, now);
      return wait;
    };
  };
  return {
    request: one(addresses),
    deed: one(people),
    signIn: one(signIns),
    command(line, person) {
      const now = time();
      const own = waitFor(line.commands, now, limits.connection);
      const wait = Math.max(own, people.wait(person, now), addresses.wait(line.network, now));
      if (wait > 0) return wait;
      line.commands = taken(line.commands, now, limits.connection);
      people.take(person, now);
      addresses.take(line.network, now);
      return 0;
    },
  };
}

/** Throws `too_fast` where one has to wait. */
export function orTooFast(wait: number): void {
  if (wait > 0) throw new ChatError("too_fast", undefined, wait);
}

/** Whose token this is. One that is nobody's is a sign-in. Throws `bad_token`, and what `signIn` throws. */
export async function known(people: People, token: string, signIn: () => void): Promise<User> {
  try {
    return await people.byToken(token);
  } catch (error) {
    if (error instanceof ChatError && error.code === "bad_token") signIn();
    throw error;
  }
}

/** Pure: what counts as one address. Whoever has one of IPv6 has a /64 of them. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = (address.split("%")[0] as string).split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const left = last.at(-1)?.includes(".") ? 7 : 8;
  const zeros = tail === undefined ? 0 : Math.max(0, left - first.length - last.length);
  const groups = [...first, ...Array<string>(zeros).fill("0"), ...last].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}

/**
 * Buckets in two generations. When the younger one has lasted as long as a bucket takes to fill, all in the older one
 * are full, and forgotten with it; sooner only where there are more than are to be remembered.
 */
class Buckets<K> {
  readonly #rate: Rate;
  readonly #most: number;
  #young = new Map<K, FullAt>();
  #old = new Map<K, FullAt>();
  #since = 0;

  constructor(rate: Rate, most: number) {
    this.#rate = rate;
    this.#most = most;
  }

  wait(key: K, now: number): number {
    return waitFor(this.#of(key), now, this.#rate);
  }

  take(key: K, now: number): void {
    const late = now - this.#since >= timeToFill(this.#rate) || now < this.#since;
    if (late || this.#young.size >= this.#most) this.#age(now);
    this.#young.set(key, taken(this.#of(key), now, this.#rate));
  }

  #of(key: K): FullAt {
    return this.#young.get(key) ?? this.#old.get(key) ?? FULL;
  }

  #age(now: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#since = now;
  }
}
