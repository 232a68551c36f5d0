import type { Pending } from "@parley/client/views";
import type { UserId } from "@parley/protocol/ids";
import type { Message } from "@parley/protocol/messages";
import { createContext, useContext } from "react";
import type { Anchor } from "../parts/menu.tsx";

/** What can be done from a line of the log. The same object for as long as the conversation is open. */
export interface LogActions {
  edit(message: Message): void;
  remove(message: Message): void;
  /** Shows whom a message reached, and when. */
  details(message: Message): void;
  openMenu(message: Message, anchor: Anchor): void;
  openPerson(user: UserId): void;
  /** Takes a message that waits here back into the composer. */
  takeBack(pending: Pending): void;
}

export const LogActionsContext = createContext<LogActions | null>(null);

/** The actions of the conversation that is open. */
export function useLogActions(): LogActions {
  const actions = useContext(LogActionsContext);
  if (!actions) throw new Error("There is no log here.");
  return actions;
}
