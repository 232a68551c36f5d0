import type { ConversationId } from "@parley/protocol/ids";
import type { TalkParts } from "./parts.ts";
import { Talk } from "./talk.ts";

/** The talks of this node: one for each conversation in which this dialect has a socket. */
export class Talks {
  readonly #parts: TalkParts;
  readonly #open = new Map<ConversationId, { talk: Talk; opening: Promise<void> }>();

  constructor(parts: TalkParts) {
    this.#parts = parts;
  }

  /** The talk of a conversation, in which a reader is expected. Throws `not_found` or `gone`. */
  async open(conversation: ConversationId): Promise<Talk> {
    const { talk, opening } = this.#open.get(conversation) ?? this.#start(conversation);
    talk.expect();
    await opening;
    return talk;
  }

  #start(conversation: ConversationId): { talk: Talk; opening: Promise<void> } {
    const forget = () => {
      if (this.#open.get(conversation)?.talk === talk) this.#open.delete(conversation);
    };
    const talk: Talk = new Talk(this.#parts, conversation, forget);
    const opening = talk.open().catch((error) => {
      forget();
      throw error;
    });
    const open = { talk, opening };
    this.#open.set(conversation, open);
    return open;
  }
}
