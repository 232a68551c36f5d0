import { existsSync } from "node:fs";
import { hmacDigests, proofOf } from "./auth/digests.ts";
import { keepSecret, obtainSecret, secretFile } from "./auth/secret.ts";
import { FolderInUse, StoreError } from "./store/errors.ts";
import { type Compared, type Moved, type MoveOptions, move } from "./store/moving/move.ts";
import type { Sample, Source, Target } from "./store/moving/ports.ts";
import { type Place, postgresSource, postgresTarget } from "./store/moving/postgres.ts";
import { sqliteSource, sqliteTarget } from "./store/moving/sqlite.ts";
import { reasoned } from "./store/postgres/open.ts";
import { explained } from "./store/sqlite/open.ts";

export type { Compared, Moved };

/** Milliseconds between two looks whether a server has stopped. */
const LOOK_EVERY = 50;

/** Where a database is. */
export type Home = { folder: string } | Place;

export interface Removal {
  from: Home;
  to: Home;
  /** Null where the key is kept in the data folder. */
  secretKey: string | null;
  /** Copies and compares, and leaves both sides as they were. */
  rehearse: boolean;
  /** Copies while others write; `stop` is called when they are to stop, and what changed follows once they did. */
  live: { stop(): void } | null;
}

type Watching = Pick<MoveOptions, "told" | "check">;

/** Why a move cannot be; its message is the one sentence to show. */
export { StoreError as MoveError };

/** Moves a whole database elsewhere, or brings a move to its end that was interrupted. Throws MoveError. */
export async function moveHome(removal: Removal, watching: Watching): Promise<Moved> {
  try {
    return await carried(removal, watching);
  } catch (error) {
    const { from, to } = removal;
    const folder = "folder" in from ? from.folder : "folder" in to ? to.folder : "";
    throw explained(reasoned(error, "The Postgres"), folder);
  }
}

async function carried({ from, to, secretKey, rehearse, live }: Removal, { told, check }: Watching): Promise<Moved> {
  const source = await sourceAt(from, rehearse || live !== null);
  try {
    const key = keyOf(from, secretKey);
    await refuseOtherKey(source, key);
    const target = await targetAt(to, key);
    try {
      const still = live && !rehearse ? () => stillSource(from, live.stop, check) : undefined;
      const its = { proof: proofOf(key), move: crypto.randomUUID(), time: Date.now() };
      return await move(source, target, { ...its, rehearse, still, told, check });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function sourceAt(from: Home, look: boolean): Promise<Source> {
  return "folder" in from ? sqliteSource(from.folder, look) : postgresSource(from, look);
}

/** The source once nobody writes to it any more: a server lets its folder go, and nodes are kept from writing. */
async function stillSource(from: Home, stop: () => void, check: () => void): Promise<Source> {
  stop();
  for (;;) {
    try {
      return await sourceAt(from, false);
    } catch (error) {
      if (!(error instanceof FolderInUse)) throw error;
      check();
      await Bun.sleep(LOOK_EVERY);
    }
  }
}

async function targetAt(to: Home, key: string): Promise<Target> {
  if (!("folder" in to)) return postgresTarget(to);
  return sqliteTarget(to.folder, () => keepKey(key, to.folder));
}

function keepKey(key: string, folder: string): void {
  try {
    keepSecret(key, folder);
  } catch (error) {
    throw new StoreError((error as Error).message);
  }
}

/** The key with which everything was digested: with another one, everybody would be signed out. */
function keyOf(from: Home, given: string | null): string {
  if (given !== null) return given;
  if (!("folder" in from)) throw new StoreError("SECRET_KEY must be set, the same as on the nodes.");
  if (existsSync(secretFile(from.folder))) return obtainSecret(null, from.folder);
  throw new StoreError(`There is no secret.key in ${from.folder}: set SECRET_KEY as the server has it.`);
}

async function refuseOtherKey(source: Source, key: string): Promise<void> {
  const proof = await source.proof();
  if (proof !== null && proof !== proofOf(key)) {
    throw new StoreError("SECRET_KEY is another one than that of the nodes which use this database.");
  }
  const samples = await source.samples();
  if (proof === null && samples.length > 0 && !samples.some((sample) => isOf(sample, key))) {
    throw new StoreError("SECRET_KEY is another one than that with which the latest messages were written.");
  }
}

function isOf({ text, digest }: Sample, key: string): boolean {
  return hmacDigests(key).content(JSON.stringify(["post", text])) === digest;
}
