import type { ConversationKind } from "./conversations.ts";

/** Up to so many members everybody's marks are told one by one. */
const FEW = 32;

/**
 * Are everybody's marks told one by one here? In directs and small groups; never in rooms, where nothing may cost
 * members × members.
 */
export function tellsMarks({ kind, members }: { kind: ConversationKind; members: number }): boolean {
  return kind === "direct" || (kind === "group" && members <= FEW);
}
