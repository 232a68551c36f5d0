import { StoreError } from "../errors.ts";
import type { Batches, Source, Target } from "./ports.ts";
import { type Digest, Digesting, type Digests, differing, type Range, whole } from "./ranges.ts";
import { type Row, TABLES, type Table } from "./tables.ts";

/** A table on both sides. */
export interface Compared {
  table: string;
  source: Digest;
  target: Digest;
}

export interface Moved {
  /** Null where an earlier move was only brought to its end. */
  tables: Compared[] | null;
  /** Was everything left as it was? */
  rehearsed: boolean;
}

export interface Told {
  phase: "copying" | "comparing" | "following";
  /** Rows so far, and of how many. */
  done: number;
  of: number;
}

export interface MoveOptions {
  /** What the target is to know the key by. */
  proof: string;
  /** A name that no other move has. */
  move: string;
  time: number;
  rehearse: boolean;
  /**
   * Where the first copy was made while others wrote: the source once nobody does any more. What changed meanwhile
   * follows then. It is closed with the first one.
   */
  still?: (() => Promise<Source>) | undefined;
  told(progress: Told): void;
  /** Throws where it is to end; the target then stays empty and the source as it was. */
  check(): void;
}

/** What stands in each table. */
type Contents = Map<Table, Digests>;

/**
 * Moves everything from one database to another, or rehearses it. In this order, so that at every moment at most one
 * of the two can be opened: everything is kept in the target, the source is sealed, the target opens. A move that was
 * interrupted after the seal is brought to its end by the next. Throws StoreError.
 */
export async function move(first: Source, target: Target, options: MoveOptions): Promise<Moved> {
  if (first.sealed) return finish(first.sealed.move, target, options, first.sealed.to);
  await target.begin();
  const sent = await copyAll(first, target, options);
  const { still } = options;
  if (still) await first.close();
  const arrived = await readAll(target, options);
  refuseDifferent(sent, arrived);
  const source = still ? await still() : first;
  try {
    if (source.sealed)
      throw new StoreError(`Meanwhile the source moved to ${source.sealed.to}; nothing was moved here.`);
    if (still) await follow(source, target, sent, arrived, options);
    const tables = comparedIn(sent, arrived);
    if (options.rehearse) return { tables, rehearsed: true };
    await target.keep(await source.facts(), options.proof, options.move);
    await source.seal({ move: options.move, to: target.about, time: options.time });
    await target.open();
    return { tables, rehearsed: false };
  } finally {
    if (still) await source.close();
  }
}

async function finish(began: string, target: Target, { rehearse }: MoveOptions, to: string): Promise<Moved> {
  if (target.arriving !== began || rehearse) {
    throw new StoreError(`The source moved to ${to} already and is sealed: nothing is left to move.`);
  }
  await target.open();
  return { tables: null, rehearsed: false };
}

async function copyAll(source: Source, target: Target, options: MoveOptions): Promise<Contents> {
  const passed = await progressOf(source, "copying", options);
  const sent: Contents = new Map();
  for (const table of TABLES) {
    sent.set(table, await digested(table, source.rows(table), passed, (rows) => target.put(table, rows)));
  }
  return sent;
}

async function readAll(end: Source | Target, options: MoveOptions): Promise<Contents> {
  const passed = await progressOf(end, "comparing", options);
  const read: Contents = new Map();
  for (const table of TABLES) read.set(table, await digested(table, end.rows(table), passed));
  return read;
}

/** Brings over the ranges that changed since they were sent, and notes what stands there now on both sides. */
async function follow(source: Source, target: Target, sent: Contents, arrived: Contents, options: MoveOptions) {
  const passed = await progressOf(source, "following", options);
  for (const table of TABLES) {
    const now = await digested(table, source.rows(table), passed);
    const there = new Map(arrived.get(table));
    for (const range of differing(now, there)) await bring(table, range, source, target, there);
    sent.set(table, now);
    arrived.set(table, there);
  }
  refuseDifferent(sent, arrived);
}

async function bring(table: Table, range: Range, source: Source, target: Target, there: Map<Range, Digest>) {
  await target.clear(table, range);
  for await (const rows of source.rows(table, range)) await target.put(table, rows);
  const arrived = (await digested(table, target.rows(table, range), () => {})).get(range);
  if (arrived) there.set(range, arrived);
  else there.delete(range);
}

async function digested(
  table: Table,
  batches: Batches,
  passed: (rows: number) => void,
  put: (rows: readonly Row[]) => Promise<void> = async () => {},
): Promise<Digests> {
  const digesting = new Digesting(table);
  for await (const rows of batches) {
    await put(rows);
    digesting.take(rows);
    passed(rows.length);
  }
  return digesting.end();
}

async function progressOf(end: Source | Target, phase: Told["phase"], { told, check }: MoveOptions) {
  let [done, of] = [0, 0];
  for (const table of TABLES) of += await end.count(table);
  return (rows: number) => {
    check();
    done += rows;
    told({ phase, done, of });
  };
}

function refuseDifferent(sent: Contents, arrived: Contents): void {
  const wrong = comparedIn(sent, arrived).filter(({ source, target }) => source.hash !== target.hash);
  if (wrong.length === 0) return;
  const names = wrong.map(({ table }) => table).join(", ");
  throw new StoreError(`What arrived differs from what was sent (${names}); nothing was moved.`);
}

function comparedIn(sent: Contents, arrived: Contents): Compared[] {
  return TABLES.map((table) => ({
    table: table.name,
    source: whole(sent.get(table) as Digests),
    target: whole(arrived.get(table) as Digests),
  }));
}
