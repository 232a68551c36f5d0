import type { UserId } from "@parley/protocol/ids";

/** Whoever changes who holds which name takes this: the looks of names are compared before they are written. */
export function nameLock(): number {
  return 1;
}

/** Whoever migrates or writes facts about the whole database takes this. */
export function schemaLock(): number {
  return 2;
}

/** Whoever needs that no room has this name, or gives it to one, takes this. */
export function roomLock(name: string): number {
  return lockOf(`room ${name}`);
}

/** Whoever opens the direct of these two takes this. */
export function pairLock([low, high]: readonly [UserId, UserId]): number {
  return lockOf(`pair ${low} ${high}`);
}

/** 48 bits of a hash, above the fixed ones. Two things with one lock wait for each other, and no harm is done. */
function lockOf(text: string): number {
  return 16 + Number(BigInt.asUintN(48, BigInt(Bun.hash.xxHash64(text))));
}
