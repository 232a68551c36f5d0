import type { Epoch } from "@parley/protocol/ids";
import type { Seal } from "../seal.ts";
import type { Range } from "./ranges.ts";
import type { Numbered, Row, Table } from "./tables.ts";

/** What a database knows about itself and moves with it. */
export interface Facts {
  /** As clients know it. */
  epoch: Epoch;
  house: number | null;
  owner: number | null;
  ownershipSecret: string | null;
  /** The largest id that each of these tables ever gave. */
  largest: Record<Numbered, number>;
}

/** A message as somebody posted it, and the digest that was kept of that. */
export interface Sample {
  text: string;
  digest: number;
}

/** Rows in the order of their table's key, some at a time. */
export type Batches = AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;

/** A database that moves away. While it is open nobody writes to it, unless it was opened to be looked at only. */
export interface Source {
  /** For people, without a password. */
  about: string;
  /** Where it went already, or null. */
  sealed: Seal | null;
  facts(): Promise<Facts>;
  /** What only the right key gives; null where it was not kept. */
  proof(): Promise<string | null>;
  /** Some messages that were posted of late. */
  samples(): Promise<Sample[]>;
  count(table: Table): Promise<number>;
  /** All of them, or those of one range. */
  rows(table: Table, range?: Range): Batches;
  /** From now on it refuses everybody. */
  seal(seal: Seal): Promise<void>;
  /** A second time, it does nothing. */
  close(): Promise<void>;
}

/** An empty place that a database moves into. */
export interface Target {
  /** For people, without a password. */
  about: string;
  /** The move that left everything here and was then interrupted. */
  arriving: string | null;
  /** Makes the tables, instead of what an interrupted move left. */
  begin(): Promise<void>;
  put(table: Table, rows: readonly Row[]): Promise<void>;
  clear(table: Table, range: Range): Promise<void>;
  count(table: Table): Promise<number>;
  rows(table: Table, range?: Range): Batches;
  /** Keeps everything durably, under the name of this move; nobody can open it yet. */
  keep(facts: Facts, proof: string, move: string): Promise<void>;
  /** From now on it can be opened. */
  open(): Promise<void>;
  /** Lets go of it; what was not kept is gone. */
  close(): Promise<void>;
}
