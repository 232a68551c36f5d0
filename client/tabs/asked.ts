import type { CommandFrame } from "@parley/protocol/frames";
import type { ConversationId, Key } from "@parley/protocol/ids";

/** A command on the shared line, and who waits for its answer. */
export interface Asked {
  /** Null: the line itself. */
  member: string | null;
  frame: CommandFrame;
  /** Only brings a member up: nobody but the line hears the answer. */
  joins: boolean;
}

/** An echo may be an old entry said again, and the answer still on its way: so many are waited for all the same. */
const ECHOED = 256;

/** Commands that are under way on the shared line, each under a number of the line's own. */
export class AskedOnLine {
  readonly #waiting = new Map<number, Asked>();
  readonly #byKey = new Map<Key, number>();
  /** In the order in which the server carries them out. */
  readonly #follows = new Map<ConversationId, Asked[]>();
  readonly #echoed: number[] = [];
  #lastId = 0;

  /** The same command under its new number. */
  add(asked: Asked): CommandFrame {
    const id = ++this.#lastId;
    const { frame } = asked;
    this.#waiting.set(id, asked);
    if (isWriting(frame)) this.#byKey.set(frame.key, id);
    if (frame.t === "follow") {
      this.#follows.set(frame.conversation, [...(this.#follows.get(frame.conversation) ?? []), asked]);
    }
    return { ...frame, id };
  }

  /** Who asked this; it is answered now. */
  answered(id: number): Asked | null {
    const asked = this.#waiting.get(id);
    if (!asked) return null;
    this.#waiting.delete(id);
    const { frame } = asked;
    if (isWriting(frame) && this.#byKey.get(frame.key) === id) this.#byKey.delete(frame.key);
    if (frame.t === "follow") {
      const rest = (this.#follows.get(frame.conversation) ?? []).filter((other) => other !== asked);
      if (rest.length > 0) this.#follows.set(frame.conversation, rest);
      else this.#follows.delete(frame.conversation);
    }
    return asked;
  }

  /** Who wrote what comes back under this key, if they wait for it: no other answer may come. */
  echoed(key: Key): Asked | null {
    const id = this.#byKey.get(key);
    if (id === undefined) return null;
    this.#byKey.delete(key);
    this.#echoed.push(id);
    const asked = this.#waiting.get(id) ?? null;
    if (this.#echoed.length > ECHOED) this.#waiting.delete(this.#echoed.shift() as number);
    return asked;
  }

  /** For whom the server says what lies between a cursor and the live line of this conversation. */
  following(conversation: ConversationId): Asked | null {
    return this.#follows.get(conversation)?.[0] ?? null;
  }
}

function isWriting(frame: CommandFrame): frame is Extract<CommandFrame, { t: "post" | "edit" | "delete" }> {
  return frame.t === "post" || frame.t === "edit" || frame.t === "delete";
}
