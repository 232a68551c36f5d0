import type { EntryOf } from "@parley/protocol/entries";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, EntryId, Seq, UserId } from "@parley/protocol/ids";
import type { Actor } from "../../../core/actor.ts";
import type { Done } from "../../../core/keyed.ts";
import type { Logged } from "../../../core/rows.ts";
import type { DialectParts } from "../../foreign.ts";
import { existing } from "./acting.ts";

type Parts = Pick<DialectParts, "chat" | "newKey">;

export interface Post {
  conversation: ConversationId;
  text: string;
  replyTo: EntryId | null;
}

const HIDDEN = ["not_found", "gone"];

/** The direct of this person and another, made where there is none. Throws `not_found`. */
export async function openDirect({ chat, newKey }: Parts, actor: Actor, user: UserId): Promise<ConversationId> {
  const none = `User ${user} does not exist.`;
  await existing({ chat }, user, none);
  const opening = chat.run(actor, "open_direct", { key: newKey(), user });
  const { conversation } = await opening.catch((error) => {
    // Whose account has ended is nobody any more.
    throw error instanceof ChatError && error.code === "gone" ? new ChatError("not_found", none) : error;
  });
  return conversation.id;
}

/** Says something, blank or not. Throws ChatError. */
export async function post(parts: Parts, actor: Actor, said: Post): Promise<EntryId> {
  const { receipt } = await write(parts, { ...actor, saysBlank: true }, said);
  return receipt.entry;
}

/** The same where this actor may say what is blank. `placed` is called when its place is certain. */
export function write(parts: Parts, actor: Actor, said: Post, placed?: () => void): Promise<Done> {
  const { conversation, text, replyTo } = said;
  if (replyTo !== null) return reply(parts, actor, said, replyTo, placed);
  return parts.chat.write(actor, "post", { key: parts.newKey(), conversation, text }, placed);
}

/** The message with this id, where this person may read it. Throws `not_found`. */
export async function messageAt(
  { chat }: Pick<Parts, "chat">,
  actor: Actor,
  id: EntryId,
): Promise<Logged & { entry: EntryOf<"message"> }> {
  const none = new ChatError("not_found", `Message ${id} does not exist.`);
  const found = await chat.located(actor, id).catch((error) => {
    throw error instanceof ChatError && HIDDEN.includes(error.code) ? none : error;
  });
  const { conversation, entry } = found;
  if (entry.kind !== "message") throw none;
  return { conversation, entry };
}

/** Marks this message as read, and with it all before it in its conversation. Throws `not_found`. */
export async function markRead({ chat }: Pick<Parts, "chat">, actor: Actor, id: EntryId): Promise<void> {
  const { conversation, entry } = await messageAt({ chat }, actor, id);
  await chat.run(actor, "mark", { conversation, read: entry.seq }).catch((error) => {
    const isOutsider = error instanceof ChatError && error.code === "not_member";
    throw isOutsider ? new ChatError("not_found", `Message ${id} does not exist.`) : error;
  });
}

async function reply(parts: Parts, actor: Actor, { conversation, text }: Post, to: EntryId, placed?: () => void) {
  const reply_to = await answered(parts, actor, to, conversation);
  return parts.chat.write(actor, "post", { key: parts.newKey(), conversation, text, reply_to }, placed);
}

async function answered(parts: Parts, actor: Actor, id: EntryId, conversation: ConversationId): Promise<Seq> {
  const found = await messageAt(parts, actor, id);
  if (found.conversation === conversation) return found.entry.seq;
  throw new ChatError("not_found", `Message ${id} was not said here.`);
}
