import type { ConversationId } from "@parley/protocol/ids";
import type { Guard } from "../../core/commit.ts";
import { holdsNames } from "./access.ts";
import { isBlockedIn } from "./blocks.ts";
import { roomNamed } from "./reads.ts";
import type { Log, State } from "./state.ts";

type OfOne = Exclude<Extract<Guard, { conversation: ConversationId }>, { is: "unblocked" }>;

/** Does this condition hold now? */
export function holds(state: State, guard: Guard): boolean {
  if (guard.is === "unnamed") return roomNamed(state, guard.name) === null;
  if (guard.is === "password") return (state.passwords.get(guard.user) ?? null) === guard.hash;
  if (guard.is === "holder") return holdsNames(state, guard.user);
  const log = state.logs.get(guard.conversation);
  if (guard.is === "unblocked") return log !== undefined && !isBlockedIn(state, log, guard.user);
  return log !== undefined && holdsIn(log, guard);
}

function holdsIn(log: Log, guard: OfOne): boolean {
  switch (guard.is) {
    case "member":
      return log.members.get(guard.user)?.joined === guard.since;
    case "stranger":
      return !log.members.has(guard.user);
    case "open":
      return !log.row.closed;
    case "unowned":
      return log.row.owner === null;
    case "fewer":
      return log.row.members < guard.than;
    case "message": {
      const entry = log.entries[guard.seq - 1];
      if (entry?.kind !== "message" || entry.body.text === null) return false;
      return guard.author === undefined || entry.author === guard.author;
    }
  }
}
