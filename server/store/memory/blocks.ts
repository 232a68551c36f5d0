import type { Entry } from "@parley/protocol/entries";
import type { UserId } from "@parley/protocol/ids";
import type { Log, State } from "./state.ts";

/** Notes that the author of this entry blocks somebody, or does not any more. */
export function noteBlock(state: State, { kind, author, body }: Entry): void {
  if (kind !== "blocked" && kind !== "unblocked") return;
  const blocked = state.blocks.get(author) ?? new Set<UserId>();
  state.blocks.set(author, blocked);
  if (kind === "blocked") blocked.add(body.user);
  else blocked.delete(body.user);
}

export function blocks(state: State, user: UserId, after: UserId, limit: number): UserId[] {
  const all = [...(state.blocks.get(user) ?? [])].filter((id) => id > after);
  return all.sort((a, b) => a - b).slice(0, limit);
}

export function estranged(state: State, one: UserId, other: UserId): boolean {
  const blocks = (by: UserId, user: UserId) => state.blocks.get(by)?.has(user) === true;
  return blocks(one, other) || blocks(other, one);
}

/** Does a block stand between this person and a member of this conversation? */
export function isBlockedIn(state: State, { members }: Log, user: UserId): boolean {
  return [...members.keys()].some((other) => estranged(state, user, other));
}
