import type { ConversationId } from "@parley/protocol/ids";
import type { Bus, Note } from "../core/ports.ts";

/** The doorbell of a single node: whoever listens hears at once, in the order of publishing. */
export function memoryBus(): Bus {
  const listeners = new Map<ConversationId, Set<(note: Note) => void>>();
  return {
    node: null,
    publish(conversation, note) {
      for (const heard of listeners.get(conversation) ?? []) heard(note);
    },
    subscribe(conversation, heard) {
      const hearing = listeners.get(conversation) ?? new Set();
      listeners.set(conversation, hearing.add(heard));
      return () => {
        hearing.delete(heard);
        if (hearing.size === 0 && listeners.get(conversation) === hearing) listeners.delete(conversation);
      };
    },
    async ready() {},
    async close() {
      listeners.clear();
    },
  };
}
