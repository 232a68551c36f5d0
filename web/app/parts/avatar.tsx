import type { UserId } from "@parley/protocol/ids";
import { usePerson } from "../session.tsx";
import { firstLetter, hueOf, initials, OPEN_MEANS } from "../words/names.ts";

export type AvatarSize = "xs" | "s" | "m" | "" | "l";

/** A person as a disc of their colour, or a ring where anybody may be them: two initials from 28 px up, one below. */
export function Avatar({ user, size = "", here = false }: { user: UserId; size?: AvatarSize; here?: boolean }) {
  const { name = "", open } = usePerson(user) ?? {};
  const small = size === "xs" || size === "s";
  return (
    <span
      className={`avatar ${size}${open ? " open" : ""}`}
      data-hue={hueOf(user)}
      data-here={here ? "" : undefined}
      aria-hidden="true"
    >
      {small ? firstLetter(name) : initials(name)}
    </span>
  );
}

/** A person's name, isolated so that its direction cannot turn the words around it. */
export function Name({ user }: { user: UserId }) {
  const person = usePerson(user);
  return <bdi>{person?.name ?? "…"}</bdi>;
}

/** Stands beside the name of somebody whom anybody may be, and of nobody else. */
export function OpenMark({ user, words = "open name" }: { user: UserId | null; words?: string }) {
  if (!usePerson(user)?.open) return null;
  return (
    <span className="tag open" title={OPEN_MEANS}>
      {words}
    </span>
  );
}
