import type { Entry } from "@parley/protocol/entries";
import type { ConversationRow } from "./rows.ts";

/** Makes of a conversation's row what its next entry makes of the conversation. */
export function foldInto(row: ConversationRow, entry: Entry): void {
  row.head = entry.seq;
  if (entry.kind === "joined") row.members += 1;
  else if (entry.kind === "left") row.members -= 1;
  else if (entry.kind === "message") row.messages += 1;
  else if (entry.kind === "renamed") row.name = entry.body.name;
  else if (entry.kind === "promoted" && entry.body.role === "owner") row.owner = entry.body.user;
  else if (entry.kind === "closed") row.closed = true;
}
