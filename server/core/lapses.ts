import type { ConversationId, UserId } from "@parley/protocol/ids";
import type { Clock } from "./ports.ts";

/** What people are in a conversation until it lapses. Only timers end it: a clock may be set, a timer may not. */
export class Lapses {
  readonly #clock: Clock;
  readonly #held = new Map<ConversationId, Map<UserId, () => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** They are from now on; `lapsed` is called after `ms`, and has to end it. */
  begin(conversation: ConversationId, user: UserId, ms: number, lapsed: () => void): void {
    const held = this.#held.get(conversation) ?? new Map<UserId, () => void>();
    this.#held.set(conversation, held.set(user, this.#clock.after(ms, lapsed)));
  }

  /** True where they were. */
  end(conversation: ConversationId, user: UserId): boolean {
    const held = this.#held.get(conversation);
    held?.get(user)?.();
    const had = held?.delete(user) ?? false;
    if (held?.size === 0) this.#held.delete(conversation);
    return had;
  }

  has(conversation: ConversationId, user: UserId): boolean {
    return this.#held.get(conversation)?.has(user) ?? false;
  }

  /** Those who are, in the order in which they began. */
  users(conversation: ConversationId): UserId[] {
    return [...(this.#held.get(conversation)?.keys() ?? [])];
  }
}
