import type { ConversationView, Person } from "@parley/client/views";
import type { UserId } from "@parley/protocol/ids";
import { shareNames, shortName } from "./names.ts";

type PersonOf = (id: UserId) => Person | undefined;
type Named = Pick<ConversationView, "kind" | "name" | "partner" | "marks">;

/** What a conversation is called: a room by its name, a direct one by the other person, a group by its people. */
export function conversationName(view: Named, me: UserId, personOf: PersonOf): string {
  if (view.name !== null) return view.name;
  if (view.kind === "direct") return (view.partner !== null && personOf(view.partner)?.name) || "Somebody";
  const others = view.marks.map((mark) => mark.user).filter((user) => user !== me);
  const { shown, others: more } = shareNames(others, 3);
  const names = shown.map((user) => shortName(personOf(user)?.name ?? "Somebody"));
  if (names.length === 0) return "A group";
  return [...names, ...(more > 0 ? [`${more} others`] : [])].join(", ");
}

/** The same as it stands in a sentence: "#front-desk", "Mara". */
export function calledInText(view: Named, name: string): string {
  if (view.kind === "room") return `#${name}`;
  return view.kind === "direct" ? shortName(name) : name;
}

/** Unread counts above 999 are not exact. */
export function badgeText(count: number): string {
  return count > 999 ? "999+" : String(count);
}

/** Conversations with news first, then the newest. Mentions are before dots. */
export function unreadFirst(a: ConversationView, b: ConversationView): number {
  const rank = (view: ConversationView) => (view.mentions > 0 ? 2 : view.unread > 0 ? 1 : 0);
  return rank(b) - rank(a) || b.latest - a.latest;
}

/** The next conversation with news after `from`, in the order of the list and round its end. */
export function nextIn(ids: readonly number[], from: number | null, step: 1 | -1): number | null {
  if (ids.length === 0) return null;
  const at = from === null ? -1 : ids.indexOf(from);
  if (at < 0) return (step === 1 ? ids[0] : ids.at(-1)) ?? null;
  return ids[(at + step + ids.length) % ids.length] ?? null;
}
