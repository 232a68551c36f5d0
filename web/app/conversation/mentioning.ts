import type { Person } from "@parley/client/views";

/** A mention that is being written: where its `@` stands, and what follows it up to the caret. */
export interface Mentioning {
  from: number;
  query: string;
}

const UNFINISHED = /(?:^|[^\p{L}\p{N}_.@-])@([\p{L}\p{N}_.-]{0,32})$/u;

/** The mention that the caret stands in, or null. An `@` inside a word or an address begins none. */
export function mentioningAt(text: string, caret: number): Mentioning | null {
  const match = UNFINISHED.exec(text.slice(0, caret));
  const query = match?.[1];
  return query === undefined ? null : { from: caret - query.length - 1, query };
}

const MOST = 6;

/**
 * Who may be meant: those whose handle or a word of whose name begins with what was written; nobody once a handle is
 * complete, and never whoever has none.
 */
export function meant(people: readonly Person[], query: string): Person[] {
  const wanted = query.toLocaleLowerCase();
  const known = people.filter(({ handle }) => handle !== "");
  if (known.some((one) => one.handle.toLocaleLowerCase() === wanted)) return [];
  const begins = (word: string) => word.toLocaleLowerCase().startsWith(wanted);
  return known.filter((one) => begins(one.handle) || one.name.split(/\s+/u).some(begins)).slice(0, MOST);
}

/** What a key does to a list of so many people on offer, of which the one at `at` is chosen; null where nothing. */
export function listKey(key: string, at: number, count: number): number | "pick" | "dismiss" | null {
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (at - 1 + count) % count;
  if (key === "Enter" || key === "Tab") return "pick";
  return key === "Escape" ? "dismiss" : null;
}

/** The text with the mention written out, and where the caret stands then. */
export function writeOut(text: string, at: Mentioning, handle: string): { text: string; caret: number } {
  const rest = text.slice(at.from + 1 + at.query.length);
  const mention = `@${handle}${rest.startsWith(" ") ? "" : " "}`;
  const caret = at.from + mention.length + (rest.startsWith(" ") ? 1 : 0);
  return { text: text.slice(0, at.from) + mention + rest, caret };
}
