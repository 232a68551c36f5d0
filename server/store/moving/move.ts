import { StoreError } from "../errors.ts";
import { type Digest, Digesting } from "./digest.ts";
import type { Batches, Source, Target } from "./ports.ts";
import { TABLES, type Table } from "./tables.ts";

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
  phase: "copying" | "comparing";
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
  told(progress: Told): void;
  /** Throws where it is to end; the target then stays empty and the source as it was. */
  check(): void;
}

/**
 * Moves everything from one database to another, or rehearses it. In this order, so that at every moment at most one
 * of the two can be opened: everything is kept in the target, the source is sealed, the target opens. A move that was
 * interrupted after the seal is brought to its end by the next. Throws StoreError.
 */
export async function move(source: Source, target: Target, options: MoveOptions): Promise<Moved> {
  const { sealed } = source;
  if (sealed) return finish(sealed.move, target, options, sealed.to);
  await target.begin();
  const tables = await copyAll(source, target, options);
  const differing = tables.filter(({ source, target }) => source.hash !== target.hash).map(({ table }) => table);
  if (differing.length > 0) {
    throw new StoreError(`What arrived differs from what was sent (${differing.join(", ")}); nothing was moved.`);
  }
  if (options.rehearse) return { tables, rehearsed: true };
  await target.keep(await source.facts(), options.proof, options.move);
  await source.seal({ move: options.move, to: target.about, time: options.time });
  await target.open();
  return { tables, rehearsed: false };
}

async function finish(began: string, target: Target, { rehearse }: MoveOptions, to: string): Promise<Moved> {
  if (target.arriving !== began || rehearse) {
    throw new StoreError(`The source moved to ${to} already and is sealed: nothing is left to move.`);
  }
  await target.open();
  return { tables: null, rehearsed: false };
}

async function copyAll(source: Source, target: Target, { told, check }: MoveOptions): Promise<Compared[]> {
  let of = 0;
  for (const table of TABLES) of += await source.count(table);
  let done = 0;
  const passed = (phase: Told["phase"]) => (rows: number) => {
    check();
    done += rows;
    told({ phase, done, of });
  };
  const sent: Digest[] = [];
  for (const table of TABLES) {
    sent.push(await digest(source.rows(table), passed("copying"), (rows) => target.put(table, rows)));
  }
  done = 0;
  const compared: Compared[] = [];
  for (const [at, table] of TABLES.entries()) compared.push(await both(table, at));
  return compared;

  async function both(table: Table, at: number): Promise<Compared> {
    const arrived = await digest(target.rows(table), passed("comparing"));
    return { table: table.name, source: sent[at] as Digest, target: arrived };
  }
}

type Rows = Parameters<Target["put"]>[1];

async function digest(
  batches: Batches,
  passed: (rows: number) => void,
  put: (rows: Rows) => Promise<void> = async () => {},
): Promise<Digest> {
  const digesting = new Digesting();
  for await (const rows of batches) {
    await put(rows);
    digesting.take(rows);
    passed(rows.length);
  }
  return digesting.end();
}
