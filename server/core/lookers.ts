import type { ConversationId } from "@parley/protocol/ids";
import type { Signal } from "@parley/protocol/signals";
import type { Codec } from "./codec.ts";
import type { Broadcast, Clock, Outlet } from "./ports.ts";

/** A socket that looks at conversations. */
export interface Looker {
  readonly codec: Codec;
  readonly outlet: Outlet;
}

type Tellings = Extract<Signal, { t: "presence" | "typing" }>;

/** What lookers need from whoever knows what is true. */
export interface LookersParts {
  broadcast: Broadcast;
  clock: Clock;
  /** What is true now. */
  telling(what: Tellings["t"], conversation: ConversationId): Tellings;
  /** Shortest time between two tellings of this conversation. */
  pause(conversation: ConversationId): number;
}

/** Who is told of who is here and who writes: changes within one pause share one telling, encoded once per codec. */
export class Lookers {
  readonly #parts: LookersParts;
  readonly #codecs = new Map<ConversationId, Map<Codec, number>>();
  readonly #due = new Set<string>();

  constructor(parts: LookersParts) {
    this.#parts = parts;
  }

  /** Starts telling this conversation to this socket, with what is true now. */
  look({ codec, outlet }: Looker, conversation: ConversationId): void {
    const codecs = this.#codecs.get(conversation) ?? new Map<Codec, number>();
    this.#codecs.set(conversation, codecs);
    codecs.set(codec, (codecs.get(codec) ?? 0) + 1);
    outlet.subscribe(topicOf(codec, conversation));
    const { telling } = this.#parts;
    outlet.send(codec.encode([telling("presence", conversation), telling("typing", conversation)]));
  }

  lookAway({ codec, outlet }: Looker, conversation: ConversationId): void {
    outlet.unsubscribe(topicOf(codec, conversation));
    const codecs = this.#codecs.get(conversation);
    const left = (codecs?.get(codec) ?? 0) - 1;
    if (left > 0) codecs?.set(codec, left);
    else codecs?.delete(codec);
    if (codecs?.size === 0) this.#codecs.delete(conversation);
  }

  /** Something of this changed. */
  tellSoon(what: Tellings["t"], conversation: ConversationId): void {
    if (!this.#codecs.has(conversation)) return;
    const id = `${what}/${conversation}`;
    if (this.#due.has(id)) return;
    this.#due.add(id);
    const { broadcast, clock, telling, pause } = this.#parts;
    clock.after(pause(conversation), () => {
      this.#due.delete(id);
      const frame = telling(what, conversation);
      for (const codec of this.#codecs.get(conversation)?.keys() ?? []) {
        broadcast.publish(topicOf(codec, conversation), codec.encode([frame]));
      }
    });
  }
}

function topicOf(codec: Codec, conversation: ConversationId): string {
  return `${codec.name}/look/${conversation}`;
}
