import { ChatError } from "@parley/protocol/errors";
import type { ConversationId } from "@parley/protocol/ids";
import type { Actor, Membership } from "../core/actor.ts";
import type { Chat } from "../core/chat.ts";
import type { Digests } from "../core/ports.ts";
import type { User } from "../core/rows.ts";

const KEY_LENGTH = 22;

/**
 * Makes this person a member of a room, where they are none yet, and says what that lets them do. Throws `not_found`
 * for what is no room, and what the core throws.
 */
export async function joined(
  { chat, digests }: { chat: Chat; digests: Digests },
  user: User,
  conversation: ConversationId,
): Promise<Membership> {
  const actor: Actor = { user };
  const { conversation: room } = await chat.run(actor, "join", { conversation, key: digests.random(KEY_LENGTH) });
  if (room.kind !== "room") throw new ChatError("not_found");
  if (!room.role) throw new ChatError("not_member");
  return { role: room.role, joined: room.joined };
}
