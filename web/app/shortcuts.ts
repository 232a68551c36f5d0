import type { Client } from "@parley/client/client";
import { useEffect } from "react";
import { openDialog } from "./dialogs/open.ts";
import { conversationAt, goTo } from "./route.ts";
import { useClient } from "./session.tsx";
import { nextIn } from "./words/conversations.ts";

function walk(client: Client, step: 1 | -1, unreadOnly: boolean): void {
  const open = conversationAt(location.pathname);
  const places = [...document.querySelectorAll<HTMLAnchorElement>(".places a[href]")];
  const ids = places.flatMap((place) => conversationAt(place.pathname) ?? []);
  const wanted = ids.filter((id) => !unreadOnly || id === open || (client.conversation(id)?.unread ?? 0) > 0);
  const next = nextIn(wanted, open, step);
  if (next !== null) goTo(next);
}

/** Ctrl K jumps, Alt and the arrows walk the list, with Shift only where something is new. */
export function useShortcuts(): void {
  const client = useClient();
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      const floating = document.querySelector("dialog[open]") !== null;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (!floating) openDialog({ is: "switcher" });
      } else if (
        event.altKey &&
        !event.ctrlKey &&
        (event.key === "ArrowUp" || event.key === "ArrowDown") &&
        !floating
      ) {
        event.preventDefault();
        walk(client, event.key === "ArrowDown" ? 1 : -1, event.shiftKey);
      }
    }
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [client]);
}
