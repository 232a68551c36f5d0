import type { ConversationId } from "@parley/protocol/ids";
import { useSyncExternalStore } from "react";

/** The conversation that a path shows, or null for the list. */
export function conversationAt(path: string): ConversationId | null {
  const match = /^\/c\/([1-9]\d{0,15})\/?$/.exec(path);
  return match ? Number(match[1]) : null;
}

/** The path of a conversation, the same for everybody: this is what people share. */
export function pathTo(id: ConversationId | null): string {
  return id === null ? "/" : `/c/${id}`;
}

const MOVED = "parley:moved";

/** Shows another conversation, or the list. */
export function goTo(id: ConversationId | null, how: "push" | "replace" = "push"): void {
  const path = pathTo(id);
  if (path === location.pathname) return;
  if (how === "push") history.pushState(null, "", path);
  else history.replaceState(null, "", path);
  dispatchEvent(new Event(MOVED));
}

function onMove(changed: () => void): () => void {
  addEventListener("popstate", changed);
  addEventListener(MOVED, changed);
  return () => {
    removeEventListener("popstate", changed);
    removeEventListener(MOVED, changed);
  };
}

/** The conversation on the screen. */
export function useOpenConversation(): ConversationId | null {
  return useSyncExternalStore(onMove, () => conversationAt(location.pathname));
}
