import { ChatError } from "@parley/protocol/errors";
import type { UserId } from "@parley/protocol/ids";
import type { Person } from "@parley/protocol/people";
import { fold } from "../core/fold.ts";
import { skeleton } from "../core/names.ts";
import type { NewGuest } from "../core/ports.ts";

const DAY = 86_400_000;
const HELD_DAYS = 30;

/** The day in which a moment lies: as finely as the use of a token is noted. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY);
}

/** May somebody else take the names of this person, whose tokens were last used on that day? */
export function lapsed(person: Pick<Person, "kind" | "role">, lastUsed: number, today: number): boolean {
  return person.kind === "guest" && person.role === "guest" && today - lastUsed > HELD_DAYS;
}

/** What somebody is who has a password. */
export function asMember({ kind, role }: Pick<Person, "kind" | "role">): Pick<Person, "kind" | "role"> {
  return { kind: kind === "guest" ? "member" : kind, role: role === "guest" ? "member" : role };
}

/** What a shown name and a handle look like; both may look the same. */
export interface Looks {
  shown: string;
  handle: string;
}

export function looksOf(person: Pick<Person, "name" | "handle">): Looks {
  return { shown: skeleton(person.name), handle: skeleton(person.handle) };
}

/** The text in which somebody is looked for: no name has a line break. */
export function findableAs({ name, handle }: Pick<Person, "name" | "handle">): string {
  return `${fold(name)}\n${fold(handle)}`;
}

/** The name and the first handle that are free for a new guest. Throws `name_taken`. */
export function chooseNames(guest: NewGuest, isFree: (look: string) => boolean): { name: string; handle: string } {
  if (!isFree(skeleton(guest.name))) throw new ChatError("name_taken");
  const handle = guest.handles.find((candidate) => isFree(skeleton(candidate)));
  if (handle === undefined) throw new ChatError("name_taken");
  return { name: guest.name, handle };
}

/** What the server's own person is called: its handle is the first that is free, its name is nobody's to refuse. */
export function houseNames(name: string, handles: readonly string[], isFree: (look: string) => boolean) {
  const handle = handles.find((candidate) => isFree(skeleton(candidate)));
  if (handle === undefined) throw new ChatError("name_taken");
  return { name, handle };
}

/** How an open person is shown whom a dialect knows by a number. */
export function nameOfNumber(id: UserId): string {
  return `User ${id}`;
}

/** What somebody is called who deleted their account. */
export function namesOfDeleted(id: UserId): { name: string; handle: string } {
  return { name: "deleted", handle: `deleted-${id}` };
}

/** This person's names after a change. Throws `name_taken` where a changed one is not free for them. */
export function changeNames(
  person: Pick<Person, "name" | "handle">,
  change: { name?: string; handle?: string },
  isFree: (look: string) => boolean,
): { name: string; handle: string } {
  for (const wanted of [change.name, change.handle]) {
    if (wanted !== undefined && !isFree(skeleton(wanted))) throw new ChatError("name_taken");
  }
  return { name: change.name ?? person.name, handle: change.handle ?? person.handle };
}
