import type { Row, Table } from "./tables.ts";

/** Rows of a table that stand beside each other by its key: a range of numbers, or all that begin with a character. */
export type Range = number | string;

/** Ids in a range, and conversations or people in one of a table that has many rows for each. */
const IDS = 8_192;
const OTHERS = 64;

/** A count of rows and a hash of them all, in their order. */
export interface Digest {
  rows: number;
  hash: string;
}

/** What the ranges of a table hold. */
export type Digests = ReadonlyMap<Range, Digest>;

/** The condition, for either database, on which a row is of this range; `called` is what the first column is called. */
export function isOf({ key: [first = ""] }: Table, range: Range, called = first): string {
  if (typeof range === "string") return `substr(${called}, 1, 1) = '${range.replaceAll("'", "''")}'`;
  const size = sizeOf(first);
  return `${called} >= ${range * size} AND ${called} < ${(range + 1) * size}`;
}

/** Takes in the rows of a table in the order of its key, and digests each range of it. */
export class Digesting {
  readonly digests = new Map<Range, Digest>();
  readonly #at: number;
  readonly #size: number;
  #hasher = new Bun.CryptoHasher("sha256");
  #range: Range | null = null;
  #rows = 0;

  constructor({ columns, key: [first = ""] }: Table) {
    this.#at = columns.findIndex(({ name }) => name === first);
    this.#size = sizeOf(first);
  }

  take(rows: readonly Row[]): void {
    for (const row of rows) {
      const range = this.#rangeOf(row);
      if (range !== this.#range) this.#turn(range);
      this.#rows += 1;
      this.#hasher.update(`${JSON.stringify(row)}\n`);
    }
  }

  end(): Digests {
    this.#turn(null);
    return this.digests;
  }

  #rangeOf(row: Row): Range {
    const value = row[this.#at] ?? "";
    if (typeof value === "number") return Math.floor(value / this.#size);
    return String.fromCodePoint(...(value.codePointAt(0) === undefined ? [] : [value.codePointAt(0) as number]));
  }

  #turn(range: Range | null): void {
    if (this.#range !== null) this.digests.set(this.#range, { rows: this.#rows, hash: this.#hasher.digest("hex") });
    this.#hasher = new Bun.CryptoHasher("sha256");
    this.#range = range;
    this.#rows = 0;
  }
}

/** Blocks that are not the same in both, in either or in one only. */
export function differing(one: Digests, other: Digests): Range[] {
  const all = new Set([...one.keys(), ...other.keys()]);
  return [...all].filter((range) => one.get(range)?.hash !== other.get(range)?.hash);
}

/** One digest of all ranges: the same for the same rows. */
export function whole(digests: Digests): Digest {
  const hasher = new Bun.CryptoHasher("sha256");
  let rows = 0;
  for (const [range, digest] of [...digests].sort(([one], [other]) => (one < other ? -1 : 1))) {
    rows += digest.rows;
    hasher.update(`${JSON.stringify([range, digest.rows, digest.hash])}\n`);
  }
  return { rows, hash: hasher.digest("hex") };
}

function sizeOf(first: string): number {
  return first === "id" ? IDS : OTHERS;
}
