import type { Keep } from "@parley/client/client";
import type { ConversationId, UserId } from "@parley/protocol/ids";

/** What a person has begun to write, conversation by conversation; it outlives the page and a sign-out. */
export interface Drafts {
  read(conversation: ConversationId): string;
  write(conversation: ConversationId, text: string): void;
  /** Calls back when a draft came or went, not with every letter. */
  subscribe(changed: () => void): () => void;
}

/** The drafts of one person on this device. A draft of nothing but spaces is none. */
export function draftsOf(person: UserId, keep: Keep): Drafts {
  const listeners = new Set<() => void>();
  const name = (conversation: ConversationId) => `parley.draft.${person}.${conversation}`;
  const read = (conversation: ConversationId) => keep.get(name(conversation)) ?? "";
  return {
    read,
    write(conversation, text) {
      const had = read(conversation) !== "";
      const has = text.trim() !== "";
      keep.set(name(conversation), has ? text : null);
      if (had !== has) for (const changed of [...listeners]) changed();
    },
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
