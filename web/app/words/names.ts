const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function first(text: string): string {
  for (const { segment } of graphemes.segment(text)) return segment;
  return "";
}

/** The first letter of a name as it is shown in the mark and in small avatars; empty for an empty name. */
export function firstLetter(name: string): string {
  return first(name.trim()).toLocaleUpperCase();
}

const CASED = /^[\p{Lu}\p{Ll}\p{Lt}]/u;

/** Two initials for scripts with upper and lower case, the first grapheme for all others. */
export function initials(name: string): string {
  const [word = "", ...others] = name.trim().split(/\s+/u);
  const start = firstLetter(word);
  const last = others.findLast((other) => CASED.test(other));
  return CASED.test(start) && last ? start + firstLetter(last) : start;
}

/** The colour of a person, the same in every theme: 1 to 8. */
export function hueOf(user: number): number {
  return (Math.abs(user) % 8) + 1;
}

/** The first word of a name, for places where the whole name is too long. */
export function shortName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? name;
}

/** How many names are shown, and how many others there are. Never "and 1 other": that name is shown instead. */
export function shareNames<T>(all: readonly T[], most: number): { shown: readonly T[]; others: number } {
  if (all.length <= most + 1) return { shown: all, others: 0 };
  return { shown: all.slice(0, most), others: all.length - most };
}

/** "Mara", "Mara and Jonah", "Mara, Jonah and 3 others". */
export function joinNames(names: readonly string[], others = 0): string {
  const all = others > 0 ? [...names, `${others} others`] : names;
  if (all.length < 2) return all[0] ?? "";
  return `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
}

/** What an open name is, for whoever meets one. */
export const OPEN_MEANS = "Nobody has claimed this name. Anyone could be using it.";
