import type { ConversationView } from "@parley/client/views";
import type { ConversationId } from "@parley/protocol/ids";
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

/** How many mentions of me and messages to me wait in all conversations but one. */
export function useMentionsElsewhere(except: ConversationId | null): number {
  const all = useChat((client) => client.conversations());
  return all.reduce((sum, view) => sum + (view.id === except ? 0 : view.mentions), 0);
}
