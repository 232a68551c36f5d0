import type { RoomListing } from "@parley/client/views";
import Hash from "lucide-react/icons/hash";
import Plus from "lucide-react/icons/plus";
import { useState } from "react";
import { Dialog } from "../parts/dialog.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { say } from "../parts/toasts.tsx";
import { goTo } from "../route.ts";
import { useClient } from "../session.tsx";
import { refusal } from "../words/refusals.ts";
import { counted } from "../words/times.ts";
import { useListedRooms } from "./listed-rooms.ts";
import { closeDialog, openDialog } from "./open.ts";

/** All public rooms: find one, join it, or make another. */
export function BrowseRooms() {
  const [query, setQuery] = useState("");
  const { rooms, more } = useListedRooms(query);
  return (
    <Dialog
      title="All rooms"
      onClose={closeDialog}
      footer={
        <button type="button" className="btn" onClick={() => openDialog({ is: "create_room", name: query.trim() })}>
          <Plus className="icon s" />
          Create a room
        </button>
      }
    >
      <SearchField label="Find a room" query={query} setQuery={setQuery} />
      <ul className="listing" aria-label="Rooms">
        {rooms?.map((room) => (
          <li key={room.id}>
            <ListedRoom room={room} />
          </li>
        ))}
      </ul>
      {rooms?.length === 0 && <NoRooms query={query.trim()} />}
      {more && (
        <button type="button" className="link-btn" onClick={more}>
          Show more rooms
        </button>
      )}
    </Dialog>
  );
}

function NoRooms({ query }: { query: string }) {
  return (
    <p className="hint">
      {query ? `No room here is called “${query}”.` : "There are no rooms yet. Make the first one."}
    </p>
  );
}

function show(room: RoomListing): void {
  closeDialog();
  goTo(room.id);
}

function ListedRoom({ room }: { room: RoomListing }) {
  return (
    <div className="listed">
      <Hash className="icon" />
      <div className="two">
        <button type="button" className="name cut" onClick={() => show(room)}>
          <bdi>{room.name}</bdi>
        </button>
        <span className="cut about">
          <span className="fact">{counted(room.members, "member")}</span>
          {room.topic && <bdi> · {room.topic}</bdi>}
        </span>
      </div>
      {room.joined ? <OpenButton room={room} /> : <JoinButton room={room} />}
    </div>
  );
}

function OpenButton({ room }: { room: RoomListing }) {
  return (
    <button type="button" className="btn small" aria-label={`Open ${room.name}`} onClick={() => show(room)}>
      Open
    </button>
  );
}

function JoinButton({ room }: { room: RoomListing }) {
  const client = useClient();
  const [busy, setBusy] = useState(false);

  async function join() {
    setBusy(true);
    try {
      await client.join(room.id);
      show(room);
    } catch (error) {
      say({ mood: "bad", title: `You could not join #${room.name}`, text: refusal(error) });
      setBusy(false);
    }
  }

  return (
    <button type="button" className="btn small" aria-label={`Join ${room.name}`} disabled={busy} onClick={join}>
      Join
    </button>
  );
}
