import type { ConversationId, UserId } from "@parley/protocol/ids";
import { useSyncExternalStore } from "react";

/** What floats over the app. One at a time. */
export type Open =
  | { is: "create_room"; name?: string }
  | { is: "browse_rooms" }
  | { is: "start_conversation" }
  | { is: "add_people"; conversation: ConversationId }
  | { is: "rename_room"; conversation: ConversationId }
  | { is: "delete_room"; conversation: ConversationId }
  | { is: "block"; user: UserId }
  | { is: "leave"; conversation: ConversationId }
  | { is: "switcher" }
  | { is: "settings" }
  | { is: "password" }
  | { is: "sign_out" };

let open: Open | null = null;
const listeners = new Set<() => void>();

/** Opens a dialog, or closes the one that is open. */
export function openDialog(next: Open | null): void {
  open = next;
  for (const changed of listeners) changed();
}

/** Closes what is open. */
export function closeDialog(): void {
  openDialog(null);
}

/** The dialog that is open now. */
export function useOpenDialog(): Open | null {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => open,
  );
}
