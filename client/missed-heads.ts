import type { ConversationId, Seq, Time } from "@parley/protocol/ids";
import type { Log } from "./log.ts";
import { within } from "./within.ts";

/** Heads that were told of and not seen, and since when. */
export class MissedHeads {
  readonly #missed = new Map<ConversationId, { head: Seq; since: Time }>();
  /** Milliseconds between two beats. */
  every = 0;

  /** This log has this head, as the server says. */
  note(log: Log, head: Seq, now: Time): void {
    if (head < log.next) return;
    log.head = Math.max(log.head, head);
    if (!this.#missed.has(log.id)) this.#missed.set(log.id, { head, since: now });
  }

  /** The history ends here: what was told of beyond is not missed. */
  endsAt(id: ConversationId, head: Seq): void {
    if ((this.#missed.get(id)?.head ?? 0) > head) this.#missed.delete(id);
  }

  /** A beat tells these heads. Answers the logs whose head stayed unseen from one beat to the next. */
  beat(heads: readonly (readonly [ConversationId, Seq])[], logs: ReadonlyMap<ConversationId, Log>, now: Time): Log[] {
    // One beat may come as several frames: what the others of the same beat told is not missed yet.
    const overdue = this.#overdue(this.every / 2, logs, now);
    for (const [id, head] of heads) {
      const log = logs.get(id);
      if (log) this.note(log, head, now);
    }
    return overdue;
  }

  forget(id: ConversationId): void {
    this.#missed.delete(id);
  }

  clear(): void {
    this.#missed.clear();
  }

  /** Each is told once in so many milliseconds. */
  #overdue(ms: number, logs: ReadonlyMap<ConversationId, Log>, now: Time): Log[] {
    const overdue: Log[] = [];
    for (const [id, { head, since }] of this.#missed) {
      const log = logs.get(id);
      if (!log || log.next > head) this.#missed.delete(id);
      else if (!within(ms, since, now)) {
        this.#missed.set(id, { head, since: now });
        overdue.push(log);
      }
    }
    return overdue;
  }
}
