import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Seq } from "@parley/protocol/ids";
import type { Message } from "@parley/protocol/messages";
import type { TalkParts } from "./parts.ts";
import type { Reader } from "./seats.ts";

/** What somebody missed in a conversation, as it is now. */
export interface Missed {
  messages: Message[];
  /** It goes up to here. */
  to: Seq;
}

/** Milliseconds before what could not be read is read again. */
const AGAIN = 1_000;
const OVER = ["not_found", "gone", "not_member"];

/** The next page after a seq; null where this reader may not read on. Waits where the store does not answer. */
export async function missed(
  { chat, clock }: Pick<TalkParts, "chat" | "clock">,
  { user }: Reader,
  conversation: ConversationId,
  after: Seq,
): Promise<Missed | null> {
  for (;;) {
    try {
      const { to, items } = await chat.run({ user }, "history", { conversation, after });
      return to > after ? { to, messages: items.filter((item) => item.kind === "message") } : null;
    } catch (error) {
      if (error instanceof ChatError && OVER.includes(error.code)) return null;
      await new Promise<void>((resolve) => void clock.after(AGAIN, resolve));
    }
  }
}
