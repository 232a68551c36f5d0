import { StoreError } from "./errors.ts";

/** Where everything of a database went. After that it is read by nobody and written by nobody. */
export interface Seal {
  /** The move that did it, which its target knows as well. */
  move: string;
  /** For people, without a password. */
  to: string;
  /** Milliseconds since 1970. */
  time: number;
}

export function sealIn(value: string | number | null): Seal | null {
  return value === null ? null : (JSON.parse(String(value)) as Seal);
}

/** Throws StoreError where a database moved away, so that it starts no second history, or has not arrived yet. */
export function refuseMoved(sealed: string | number | null, arriving: string | number | null): void {
  const seal = sealIn(sealed);
  if (seal) {
    const day = new Date(seal.time).toISOString().slice(0, 10);
    throw new StoreError(`This database moved to ${seal.to} on ${day} and is sealed: start the server there.`);
  }
  if (arriving !== null) {
    throw new StoreError("This database is the target of a move that did not end: run parley migrate once more.");
  }
}
