import type { ConversationId, Seq } from "@parley/protocol/ids";
import type { Message } from "@parley/protocol/messages";
import type { Chat } from "../../../core/chat.ts";
import type { User } from "../../../core/rows.ts";

/** So many messages, without the newest `offset`. */
export interface Stretch {
  limit: number;
  offset: number;
}

/** What was said and not deleted, the newest first, as far as this person may read it. */
export async function newest(
  chat: Chat,
  user: User,
  conversation: ConversationId,
  { limit, offset }: Stretch,
): Promise<Message[]> {
  let found: Message[] = [];
  let skip = offset;
  for (let before: Seq | undefined; found.length < limit; ) {
    const page = await chat.run({ user }, "history", { conversation, ...(before !== undefined && { before }) });
    const messages = page.items.filter((item) => item.kind === "message").filter(({ text }) => text !== null);
    found = found.concat(messages.reverse().slice(skip));
    skip = Math.max(0, skip - messages.length);
    if (page.from <= 1) break;
    before = page.from;
  }
  return found.slice(0, limit);
}
