import type { RoomListing } from "@parley/client/views";
import { useEffect, useState } from "react";
import { useChat, useClient } from "../session.tsx";

const PAUSE = 150;

/** The public rooms whose name fits, asked of the server a moment after the last letter. Null until it answered. */
export function useListedRooms(query: string): { rooms: readonly RoomListing[] | null; more: (() => void) | null } {
  const client = useClient();
  const up = useChat(({ line }) => line.is === "live" || line.is === "catching_up");
  const [rooms, setRooms] = useState<readonly RoomListing[] | null>(null);
  const [next, setNext] = useState<number | null>(null);

  useEffect(() => {
    if (!up) return;
    let late = false;
    const ask = () => {
      client.call("list_rooms", query.trim() ? { query: query.trim() } : {}).then(
        (page) => {
          if (late) return;
          setRooms(page.rooms);
          setNext(page.next);
        },
        () => {},
      );
    };
    const timer = setTimeout(ask, query ? PAUSE : 0);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [client, query, up]);

  if (next === null) return { rooms, more: null };
  const more = () => {
    client.call("list_rooms", { after: next, ...(query.trim() ? { query: query.trim() } : {}) }).then(
      (page) => {
        setRooms((before) => [...(before ?? []), ...page.rooms]);
        setNext(page.next);
      },
      () => {},
    );
  };
  return { rooms, more };
}
