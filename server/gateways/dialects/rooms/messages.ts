import type { ConversationId, Seq } from "@parley/protocol/ids";
import type { Page } from "@parley/protocol/messages";
import type { Actor } from "../../../core/actor.ts";
import type { Chat } from "../../../core/chat.ts";
import { naive } from "../../naive.ts";
import { calledIn } from "../../who.ts";
import type { MessageShown } from "./table.ts";

/**
 * Every message of a room as a JSON array, the oldest first: read page by page as fast as it is taken, so that a long
 * history costs no memory. Throws `not_found` and `gone` before it begins.
 */
export async function messagesOf(chat: Chat, actor: Actor, room: ConversationId): Promise<ReadableStream<Uint8Array>> {
  const read = (after: Seq): Promise<Page> => chat.run(actor, "history", { conversation: room, after });
  const parts = partsOf(room, await read(0), read);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(to) {
      const { value, done } = await parts.next();
      if (done) to.close();
      else to.enqueue(encoder.encode(value));
    },
  });
}

async function* partsOf(
  room: ConversationId,
  first: Page,
  read: (after: Seq) => Promise<Page>,
): AsyncGenerator<string, undefined> {
  yield "[";
  let comma = "";
  for (let page = first; ; page = await read(page.to)) {
    const rows = rowsOf(page, room);
    if (rows.length > 0) yield comma + rows.join(",");
    if (rows.length > 0) comma = ",";
    // What is said while this is read is told elsewhere; it must not go on for ever.
    if (page.to >= first.as_of) break;
  }
  yield "]";
}

function rowsOf({ items, people }: Page, room: ConversationId): string[] {
  const names = new Map(people.map((person) => [person.id, calledIn(person)]));
  return items.flatMap((item) => {
    if (item.kind !== "message" || item.text === null) return [];
    const { id, author, text, time } = item;
    const username = names.get(author) ?? "";
    const shown: MessageShown = { id, room_id: room, username, content: text, timestamp: naive(time) };
    return JSON.stringify(shown);
  });
}
