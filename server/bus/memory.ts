import type { Bus } from "../core/ports.ts";
import { Listeners } from "./listeners.ts";

/** The doorbell of a single node: whoever listens hears at once, in the order of publishing. */
export function memoryBus(): Bus {
  const listeners = new Listeners();
  return {
    node: null,
    publish: (conversation, note) => listeners.tell(conversation, note),
    subscribe: (conversation, heard) => void listeners.add(conversation, heard),
    unsubscribe: (conversation, heard) => void listeners.remove(conversation, heard),
    async ready() {},
    async close() {
      listeners.clear();
    },
  };
}
