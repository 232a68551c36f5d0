import { ChatError } from "@parley/protocol/errors";
import type { ConversationId } from "@parley/protocol/ids";
import type { Actor, Membership, Place } from "./actor.ts";
import { type Action, can } from "./capabilities.ts";
import type { Store } from "./ports.ts";
import { soon } from "./soon.ts";

/**
 * The only way to a conversation. An outsider of anything but a public room gets `not_found`, as if it did not exist;
 * whoever could see it once gets `gone` when it was deleted. Whoever may do `uninvited` there needs no membership.
 */
export function obtain(
  store: Store,
  actor: Actor,
  conversation: ConversationId,
  uninvited?: Action,
): Place | Promise<Place> {
  return actor.known?.(conversation) ?? look(store, actor, conversation, uninvited);
}

async function look(store: Store, actor: Actor, conversation: ConversationId, uninvited?: Action): Promise<Place> {
  // Both at one moment: a membership that is older than the head would miss that it ended before it.
  const standing = await store.standing(conversation, actor.user.id);
  if (!standing) throw new ChatError("not_found");
  const { row, member } = standing;
  const visible = member !== null || (row.kind === "room" && row.visibility === "public");
  if (!visible && !(uninvited && can(actor.user, uninvited, row, null))) throw new ChatError("not_found");
  if (row.closed) throw new ChatError("gone");
  return { row, member };
}

/** A conversation in which this person is a member. */
export async function obtainAsMember(
  store: Store,
  actor: Actor,
  conversation: ConversationId,
): Promise<Place & { member: Membership }> {
  const { row, member } = await obtain(store, actor, conversation);
  if (!member) throw new ChatError("not_member");
  return { row, member };
}

/** A conversation in which this person may do this. */
export function authorize(
  store: Store,
  actor: Actor,
  action: Action,
  conversation: ConversationId,
): Place | Promise<Place> {
  return soon(obtain(store, actor, conversation), (place) => allowed(actor, action, place));
}

function allowed(actor: Actor, action: Action, place: Place): Place {
  if (can(actor.user, action, place.row, place.member)) return place;
  throw new ChatError(place.member ? "forbidden" : "not_member");
}
