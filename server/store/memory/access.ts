import type { UserId } from "@parley/protocol/ids";
import type { Access } from "../../core/commit.ts";
import { skeleton } from "../../core/names.ts";
import type { NewToken } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import { asMember, dayOf, looksOf } from "../naming.ts";
import type { State } from "./state.ts";

/** Carries out what a write changes about how somebody proves who they are. */
export function applyAccess(state: State, { user: id, password, ends }: Access): void {
  const user = state.users.get(id);
  if (user && password !== undefined) {
    state.passwords.set(id, password);
    Object.assign(user, asMember(user));
  }
  if (ends === undefined) return;
  for (const [hash, token] of state.tokens) {
    if (token.user === id && (ends === "all" || ends.tokenHash === hash)) state.tokens.delete(hash);
  }
}

/** Does this person hold both of their names? */
export function holdsNames(state: State, id: UserId): boolean {
  const user = state.users.get(id);
  return user !== undefined && Object.values(looksOf(user)).every((look) => state.holdings.get(look)?.user === id);
}

export function claimant(state: State, name: string): { user: User; password: string } | null {
  const user = state.users.get(state.holdings.get(skeleton(name))?.user ?? Number.NaN);
  const password = user && state.passwords.get(user.id);
  return user && password !== undefined ? { user, password } : null;
}

export function addToken(state: State, { user, tokenHash, password, time, most }: NewToken): boolean {
  const known = state.tokens.get(tokenHash);
  if (state.passwords.get(user) !== password || (known && known.user !== user)) return false;
  if (known) return true;
  state.tokens.set(tokenHash, { user, used: dayOf(time) });
  const others = [...state.tokens].filter(([hash, token]) => token.user === user && hash !== tokenHash);
  others.sort(([one, a], [other, b]) => b.used - a.used || (one < other ? -1 : 1));
  for (const [hash] of others.slice(most - 1)) state.tokens.delete(hash);
  return true;
}
