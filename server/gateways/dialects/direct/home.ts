import type { ConversationId } from "@parley/protocol/ids";
import type { ConversationRow } from "../../../core/rows.ts";
import type { DialectParts } from "../../foreign.ts";

/** The public room that everybody of this dialect enters; null where the configuration names none. */
export async function homeOf({ chat, homes }: Pick<DialectParts, "chat" | "homes">): Promise<ConversationId | null> {
  return homes.direct === undefined ? null : chat.rooms.home(homes.direct);
}

/** The conversation that this dialect calls a group by this number: a group, or its home room. */
export async function groupAt(
  parts: Pick<DialectParts, "chat" | "homes" | "store">,
  id: ConversationId,
): Promise<ConversationRow | null> {
  const row = await parts.store.conversation(id);
  if (!row || row.closed) return null;
  return row.kind === "group" || (row.kind === "room" && row.id === (await homeOf(parts))) ? row : null;
}
