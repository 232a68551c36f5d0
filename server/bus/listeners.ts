import type { ConversationId } from "@parley/protocol/ids";
import type { Heard, Note } from "../core/ports.ts";

/** One who listens. */
interface Listener {
  readonly heard: Heard;
  readonly to: Set<ConversationId>;
}

/** Who listens where. Few listen, each to many conversations: a place in a set is all that one of those costs. */
export class Listeners {
  #all: readonly Listener[] = [];

  /** True where nobody listened there before. */
  add(conversation: ConversationId, heard: Heard): boolean {
    const first = !this.#isHeard(conversation);
    const known = this.#all.find((listener) => listener.heard === heard);
    if (known) known.to.add(conversation);
    else this.#all = [...this.#all, { heard, to: new Set([conversation]) }];
    return first;
  }

  /** True where nobody listens there any more. */
  remove(conversation: ConversationId, heard: Heard): boolean {
    const known = this.#all.find((listener) => listener.heard === heard);
    if (!known?.to.delete(conversation)) return false;
    if (known.to.size === 0) this.#all = this.#all.filter((listener) => listener !== known);
    return !this.#isHeard(conversation);
  }

  tell(conversation: ConversationId, note: Note): void {
    for (const { heard, to } of this.#all) if (to.has(conversation)) heard(note, conversation);
  }

  clear(): void {
    this.#all = [];
  }

  #isHeard(conversation: ConversationId): boolean {
    return this.#all.some(({ to }) => to.has(conversation));
  }
}
