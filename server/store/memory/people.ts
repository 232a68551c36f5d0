import { ChatError } from "@parley/protocol/errors";
import type { Time, UserId } from "@parley/protocol/ids";
import { fold } from "../../core/fold.ts";
import { skeleton } from "../../core/names.ts";
import type { NewGuest } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import {
  changeNames,
  chooseNames,
  dayOf,
  findableAs,
  houseNames,
  lapsed,
  looksOf,
  nameOfNumber,
  namesOfDeleted,
} from "../naming.ts";
import type { State } from "./state.ts";

/** Makes a guest with their inbox, or finds the one who has this token. */
export function enrol(state: State, guest: NewGuest): User {
  const known = userByToken(state, guest.tokenHash, guest.time);
  if (known) return known;
  const today = dayOf(guest.time);
  const names = chooseNames(guest, (look) => isFree(state, look, null, today));
  const user = put(state, state.nextUser(), names, guest.time);
  state.tokens.set(guest.tokenHash, { user: user.id, used: today });
  hold(state, user, today);
  return user;
}

/** The open guest of this name, or with this number. */
export function openGuest(state: State, who: { name: string } | { id: UserId }, time: Time): User {
  const name = "name" in who ? who.name : nameOfNumber(who.id);
  if (holderOf(state, skeleton(name), dayOf(time)) !== null) throw new ChatError("name_taken");
  const known = state.users.get("name" in who ? (state.openNames.get(name) ?? Number.NaN) : who.id);
  if (known) return known;
  const user = put(state, "name" in who ? state.nextUser() : who.id, { name, handle: "" }, time);
  user.open = true;
  if ("name" in who) state.openNames.set(name, user.id);
  return user;
}

/** The server's own person. */
export function house(state: State, { name, handles, time }: Omit<NewGuest, "tokenHash">): User {
  if (state.house) return state.house;
  const today = dayOf(time);
  const names = houseNames(name, handles, (look) => isFree(state, look, null, today));
  state.house = Object.assign(put(state, state.nextUser(), names, time), { kind: "bot", role: "member" } as const);
  hold(state, state.house, today);
  return state.house;
}

function put(state: State, id: UserId, names: { name: string; handle: string }, time: Time): User {
  const user: User = { id, ...names, kind: "guest", role: "guest", inbox: openInbox(state, id, time) };
  state.users.set(id, user);
  return user;
}

function openInbox(state: State, owner: UserId, time: Time): number {
  const opening = { kind: "inbox", name: null, topic: null, visibility: "private", owner } as const;
  const { row, members, spans } = state.open(opening, time);
  members.set(owner, { conversation: row.id, user: owner, role: "member", joined: 0, delivered: 0, read: 0 });
  spans.set(owner, [{ from: 1, to: null }]);
  row.members = 1;
  return row.id;
}

/** Who has this token; once a day its use is noted, and names that lapsed are taken up again. */
export function userByToken(state: State, tokenHash: string, time: Time): User | null {
  const token = state.tokens.get(tokenHash);
  const user = token && state.users.get(token.user);
  if (!user) return null;
  if (dayOf(time) > token.used) {
    token.used = dayOf(time);
    hold(state, user, token.used);
  }
  return user;
}

export function usersByHandle(state: State, handles: readonly string[]): User[] {
  const found = [...state.holdings.values()]
    .filter((holding) => holding.byHandle)
    .map(({ user }) => state.users.get(user));
  return found.filter((user) => user !== undefined).filter((user) => handles.includes(user.handle));
}

export function findUsers(state: State, page: { after: UserId; limit: number; query: string }): User[] {
  return [...state.users.values()]
    .filter((user) => user !== state.house && user.id > page.after && !state.logs.get(user.inbox)?.row.closed)
    .filter((user) => findableAs(user).includes(fold(page.query)))
    .sort((a, b) => a.id - b.id)
    .slice(0, page.limit);
}

export function updateProfile(state: State, id: UserId, change: { name?: string; handle?: string }, time: Time): User {
  const user = state.users.get(id);
  if (!user) throw new ChatError("not_found");
  const today = dayOf(time);
  Object.assign(
    user,
    changeNames(user, change, (look) => isFree(state, look, id, today)),
  );
  hold(state, user, today);
  return user;
}

/** Takes tokens and names from whoever owned a closed inbox. */
export function retire(state: State, id: UserId): void {
  const user = state.users.get(id);
  if (user) Object.assign(user, namesOfDeleted(id));
  state.passwords.delete(id);
  for (const [hash, token] of state.tokens) if (token.user === id) state.tokens.delete(hash);
  release(state, id);
}

/** Holds those of this person's names that are free, and no others any more. */
function hold(state: State, user: User, today: number): void {
  release(state, user.id);
  const { shown, handle } = looksOf(user);
  if (isFree(state, shown, user.id, today)) state.holdings.set(shown, { user: user.id, byHandle: false });
  if (isFree(state, handle, user.id, today)) state.holdings.set(handle, { user: user.id, byHandle: true });
}

/** May this person, or a new one, be called that? Takes the names of a guest who was away too long. */
function isFree(state: State, look: string, user: UserId | null, today: number): boolean {
  const holder = state.holdings.get(look)?.user;
  if (holder === undefined || holder === user) return true;
  if (holderOf(state, look, today) !== null) return false;
  release(state, holder);
  return true;
}

/** Who holds this look and was not away too long. */
function holderOf(state: State, look: string, today: number): UserId | null {
  const person = state.users.get(state.holdings.get(look)?.user ?? Number.NaN);
  if (!person) return null;
  const uses = [...state.tokens.values()].filter((token) => token.user === person.id).map((token) => token.used);
  return lapsed(person, Math.max(...uses), today) ? null : person.id;
}

function release(state: State, user: UserId): void {
  for (const [look, holding] of state.holdings) if (holding.user === user) state.holdings.delete(look);
}

export function claimOwnership(state: State, id: UserId, secretHash: string): boolean {
  const user = state.users.get(id);
  if (!user || state.owner !== null || state.ownershipSecret !== secretHash) return false;
  state.owner = id;
  state.ownershipSecret = null;
  user.role = "owner";
  return true;
}

export function offerOwnership(state: State, secretHash: string): boolean {
  if (state.owner !== null) return false;
  state.ownershipSecret = secretHash;
  return true;
}
