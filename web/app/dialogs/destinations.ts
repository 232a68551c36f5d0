import type { ConversationView, RoomListing } from "@parley/client/views";
import { unreadFirst } from "../words/conversations.ts";

/** A place that the switcher leads to, or a thing that it does. */
export type Destination =
  | { is: "conversation"; key: string; view: ConversationView; name: string }
  | { is: "room"; key: string; room: RoomListing; name: string }
  | { is: "create"; key: string; name: string };

export interface DestinationGroup {
  title: string;
  places: Destination[];
}

/** How well a name fits what was typed: its beginning, the beginning of a word, anywhere, not at all. */
function fit(name: string, query: string): number {
  const at = name.toLocaleLowerCase().indexOf(query);
  if (at < 0) return 0;
  if (at === 0) return 3;
  return /[\s_.-]/u.test(name.charAt(at - 1)) ? 2 : 1;
}

const MOST = 8;

/** What the switcher offers: with news first, then the rest, then what can be done. */
export function destinations(
  query: string,
  known: readonly { view: ConversationView; name: string }[],
  rooms: readonly RoomListing[],
): DestinationGroup[] {
  const wanted = query.trim().replace(/^[#@]/u, "").toLocaleLowerCase();
  const found = known
    .map(({ view, name }) => ({ is: "conversation" as const, key: `c${view.id}`, view, name, fit: fit(name, wanted) }))
    .filter((place) => place.fit > 0 || wanted === "")
    .sort((a, b) => b.fit - a.fit || unreadFirst(a.view, b.view));
  const news = found.filter(({ view }) => view.unread > 0 || view.mentions > 0);
  const rest = found.filter((place) => !news.includes(place)).slice(0, MOST);
  const open = rooms
    .filter((room) => !known.some(({ view }) => view.id === room.id) && fit(room.name, wanted) > 0)
    .slice(0, MOST)
    .map((room) => ({ is: "room" as const, key: `r${room.id}`, room, name: room.name }));
  const create = wanted ? [{ is: "create" as const, key: "create", name: query.trim().replace(/^#/u, "") }] : [];
  return [
    { title: "Unread first", places: news.slice(0, MOST) },
    { title: "Rooms and people", places: rest },
    { title: "Open rooms", places: open },
    { title: "Do something", places: create },
  ].filter((group) => group.places.length > 0);
}
