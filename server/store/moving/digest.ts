import type { Row } from "./tables.ts";

/** Rows and a hash of them all, in their order. */
export interface Digest {
  rows: number;
  hash: string;
}

/** Takes in the rows of a table; two tables with the same digest have the same rows. */
export class Digesting {
  readonly #hasher = new Bun.CryptoHasher("sha256");
  #rows = 0;

  take(rows: readonly Row[]): void {
    this.#rows += rows.length;
    // Hazard: where one batch ends and the next begins must not matter.
    for (const row of rows) this.#hasher.update(`${JSON.stringify(row)}\n`);
  }

  end(): Digest {
    return { rows: this.#rows, hash: this.#hasher.digest("hex") };
  }
}
