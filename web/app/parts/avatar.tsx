import type { UserId } from "@parley/protocol/ids";
import { usePerson } from "../session.tsx";
import { firstLetter, hueOf, initials } from "../words/names.ts";

export type AvatarSize = "xs" | "s" | "m" | "" | "l";

/** A person as a coloured disc: two initials from 28 px up, one below. `here` draws the disc of presence. */
export function Avatar({ user, size = "", here = false }: { user: UserId; size?: AvatarSize; here?: boolean }) {
  const name = usePerson(user)?.name ?? "";
  const small = size === "xs" || size === "s";
  return (
    <span className={`avatar ${size}`} data-hue={hueOf(user)} data-here={here ? "" : undefined} aria-hidden="true">
      {small ? firstLetter(name) : initials(name)}
    </span>
  );
}

/** A person's name, isolated so that its direction cannot turn the words around it. */
export function Name({ user }: { user: UserId }) {
  const person = usePerson(user);
  return <bdi>{person?.name ?? "…"}</bdi>;
}
