import type { ConversationView } from "@parley/client/views";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import { keep } from "../keep.ts";
import { useChat, useMe } from "../session.tsx";
import { conversationName } from "../words/conversations.ts";
import { type Drafts, draftsOf } from "./drafts.ts";

/** What a conversation is called, for this person. */
export function useName(view: ConversationView): string {
  const me = useMe();
  return useChat((client) => conversationName(view, me.id, (id) => client.person(id)));
}

const drafts = new Map<number, Drafts>();

/** The drafts of the person who is signed in. */
export function useDrafts(): Drafts {
  const me = useMe();
  const mine = drafts.get(me.id) ?? draftsOf(me.id, keep);
  drafts.set(me.id, mine);
  return mine;
}

/** A conversation that one is in or follows; undefined where the client does not know it. */
export function useConversation(id: ConversationId): ConversationView | undefined {
  return useChat((client) => client.conversation(id));
}

/** The other one of a direct whom one may block, and whether one did; null where there is nobody to be blocked. */
export function useBlockable({ kind, partner }: ConversationView): { user: UserId; isBlocked: boolean } | null {
  const me = useMe();
  const user = kind === "direct" && partner !== me.id ? partner : null;
  const isBlocked = useChat((client) => user !== null && client.hasBlocked(user) === true);
  return user === null ? null : { user, isBlocked };
}

/** How many mentions of me and messages to me wait in all conversations but one. */
export function useMentionsElsewhere(except: ConversationId | null): number {
  const all = useChat((client) => client.conversations());
  return all.reduce((sum, view) => sum + (view.id === except ? 0 : view.mentions), 0);
}
