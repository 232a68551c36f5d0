const MASK = 0xffffffffffffffffn;

/** Chance that is the same for the same seed: xoshiro128**, filled from 64 bits by splitmix64. */
export class Random {
  readonly #seed: bigint;
  readonly #state: Uint32Array;

  constructor(seed: bigint) {
    this.#seed = BigInt.asUintN(64, seed);
    const [one, other] = [splitmix(this.#seed, 1n), splitmix(this.#seed, 2n)];
    this.#state = Uint32Array.of(
      Number(one & 0xffffffffn),
      Number(one >> 32n),
      Number(other & 0xffffffffn),
      Number(other >> 32n),
    );
  }

  /** A stream of its own: what is drawn from it changes no other one. */
  fork(name: string): Random {
    return new Random(Bun.hash.xxHash64(name, this.#seed));
  }

  /** 0 ≤ x < 1, in steps of 2⁻³². */
  next(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const result = Math.imul(rotated(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotated(s[3], 11);
    return result / 0x100000000;
  }

  /** A whole number below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** Mostly little, sometimes up to `most`. */
  tail(usual: number, most: number): number {
    return this.chance(0.9) ? this.next() * usual : this.next() * most;
  }

  key(length: number): string {
    return Array.from({ length }, () => ALPHABET[this.below(64)]).join("");
  }
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

function rotated(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function splitmix(seed: bigint, at: bigint): bigint {
  let z = (seed + at * 0x9e3779b97f4a7c15n) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}
