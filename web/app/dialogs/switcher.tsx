import Hash from "lucide-react/icons/hash";
import Plus from "lucide-react/icons/plus";
import Search from "lucide-react/icons/search";
import { type KeyboardEvent, useId, useState } from "react";
import { onEscape, onVeil, useModal } from "../parts/dialog.tsx";
import { goTo } from "../route.ts";
import { useChat, useClient, useMe } from "../session.tsx";
import { isHere, News, PlaceSign } from "../sidebar/places.tsx";
import { conversationName } from "../words/conversations.ts";
import { type Destination, type DestinationGroup, destinations } from "./destinations.ts";
import { useListedRooms } from "./listed-rooms.ts";
import { closeDialog, openDialog } from "./open.ts";

function useDestinations(query: string): DestinationGroup[] {
  const client = useClient();
  const me = useMe();
  const views = useChat((client) => client.conversations()).filter((view) => view.role !== null);
  const known = views.map((view) => ({ view, name: conversationName(view, me.id, (id) => client.person(id)) }));
  const { rooms } = useListedRooms(query);
  return destinations(query, known, rooms ?? []);
}

function go(place: Destination): void {
  closeDialog();
  if (place.is === "conversation") goTo(place.view.id);
  else if (place.is === "room") goTo(place.room.id);
  else openDialog({ is: "create_room", name: place.name });
}

/** Which place is chosen, and the keys that choose another one or go there. */
function useChoice(places: readonly Destination[]) {
  const [at, setAt] = useState(0);
  const index = Math.min(at, places.length - 1);
  const current = places[index];

  function onKeyDown(event: KeyboardEvent) {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by !== 0 && places.length > 0) {
      event.preventDefault();
      setAt((index + by + places.length) % places.length);
    } else if (event.key === "Enter" && current && !event.nativeEvent.isComposing) {
      event.preventDefault();
      go(current);
    }
  }

  return { current, onKeyDown, startOver: () => setAt(0) };
}

/** Jumps to any conversation or open room by a few letters of its name. */
export function Switcher() {
  const ref = useModal();
  const id = useId();
  const [query, setQuery] = useState("");
  const groups = useDestinations(query);
  const { current, onKeyDown, startOver } = useChoice(groups.flatMap((group) => group.places));

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a native dialog
    <dialog
      ref={ref}
      className="switcher"
      aria-label="Jump to"
      onCancel={onEscape(closeDialog)}
      onClick={onVeil(closeDialog)}
    >
      <div className="find">
        <Search className="icon l" />
        <input
          role="combobox"
          aria-label="Jump to"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={current && `${id}-${current.key}`}
          placeholder="A room or a person"
          value={query}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setQuery(event.target.value);
            startOver();
          }}
        />
        <span className="key not-phone">Esc</span>
      </div>
      <Places id={id} groups={groups} query={query} current={current} />
      <Keys />
    </dialog>
  );
}

interface PlacesProps {
  id: string;
  groups: readonly DestinationGroup[];
  query: string;
  current: Destination | undefined;
}

function Places({ id, groups, query, current }: PlacesProps) {
  return (
    <div className="list" id={id} role="listbox" aria-label="Places">
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
        <div key={group.title} role="group" aria-label={group.title}>
          <div className="title">{group.title}</div>
          {group.places.map((place) => (
            <Place key={place.key} id={`${id}-${place.key}`} place={place} query={query} selected={place === current} />
          ))}
        </div>
      ))}
      {groups.length === 0 && <p className="hint none">Nothing here yet. Type the name of a room to make it.</p>}
    </div>
  );
}

function Keys() {
  return (
    <footer aria-hidden="true">
      <span>
        <span className="key">↑</span>
        <span className="key">↓</span> move
      </span>
      <span>
        <span className="key">↵</span> open
      </span>
      <span>
        <span className="key">Alt Shift ↓</span> next unread
      </span>
    </footer>
  );
}

interface PlaceProps {
  id: string;
  place: Destination;
  query: string;
  selected: boolean;
}

function Place({ id, place, query, selected }: PlaceProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above it has the focus and takes the keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      className={selected ? "row is-selected" : "row"}
      ref={(row) => {
        if (selected) row?.scrollIntoView({ block: "nearest" });
      }}
      onClick={() => go(place)}
    >
      <Sign place={place} />
      <span className="name cut">
        {place.is === "create" ? `Create a room named “${place.name}”` : <Marked text={place.name} query={query} />}
      </span>
      <span className="sub cut" dir="auto">
        {about(place)}
      </span>
      {place.is === "conversation" && <News view={place.view} />}
    </div>
  );
}

function Sign({ place }: { place: Destination }) {
  if (place.is === "conversation") return <PlaceSign view={place.view} />;
  return place.is === "room" ? <Hash className="icon" /> : <Plus className="icon" />;
}

function about(place: Destination): string {
  if (place.is === "room") return place.room.topic ?? "";
  if (place.is === "create") return "";
  if (place.view.kind === "direct") return isHere(place.view) ? "here now" : "";
  return place.view.topic ?? "";
}

function Marked({ text, query }: { text: string; query: string }) {
  const wanted = query.trim().replace(/^[#@]/u, "");
  const at = wanted ? text.toLocaleLowerCase().indexOf(wanted.toLocaleLowerCase()) : -1;
  if (at < 0) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </bdi>
  );
}
