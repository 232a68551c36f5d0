import type { Receipt } from "@parley/protocol/commands";
import type { Seq } from "@parley/protocol/ids";
import type { Draft } from "./drafts.ts";
import type { Pending } from "./views.ts";

/** A draft on its way. */
export interface Slot {
  draft: Draft;
  is: Pending["is"];
  /** The number of its command on this line. */
  sent: number | null;
  /** How often it was sent on this line and has no answer yet. */
  tries: number;
  /** Where it stands in the log, once that was answered and until the log was heard so far. */
  settledAt: Seq | null;
  /** What a person sees of it, until it changes. */
  view: Pending | null;
  settle: { resolve(receipt: Receipt): void; reject(error: Error): void } | null;
}

/** One conversation's part of the outbox, in the order of writing. */
export class Lane {
  slots: Slot[] = [];
  /** Passing refusals in a row. */
  refusals = 0;
  #cancelHold: (() => void) | null = null;
  #pending: readonly Pending[] | null = null;

  /** True while the server wants nothing sent. */
  get held(): boolean {
    return this.#cancelHold !== null;
  }

  holdUntil(cancel: () => void): void {
    this.#cancelHold?.();
    this.#cancelHold = cancel;
  }

  release(): void {
    this.#cancelHold?.();
    this.#cancelHold = null;
  }

  add(draft: Draft): Slot {
    const is = draft.failed ? "failed" : "waiting";
    const slot: Slot = { draft, is, sent: null, tries: 0, settledAt: null, view: null, settle: null };
    this.slots.push(slot);
    this.#pending = null;
    return slot;
  }

  /** Brings them into this order; those of one rank stay as they are. */
  sort(rank: (draft: Draft) => number): void {
    this.slots = this.slots.toSorted((one, other) => rank(one.draft) - rank(other.draft));
    this.#pending = null;
  }

  move(slot: Slot, to: Slot["is"]): void {
    if (to !== "failed") delete slot.draft.failed;
    slot.is = to;
    slot.view = null;
    this.#pending = null;
  }

  moveLast(slot: Slot, to: Slot["is"]): void {
    this.remove(slot);
    this.slots.push(slot);
    this.move(slot, to);
  }

  remove(slot: Slot): void {
    this.slots = this.slots.filter((other) => other !== slot);
    this.#pending = null;
  }

  /** What may be sent now, so that no more than `most` are without an answer. */
  toSend(most: number): Slot[] {
    const room = Math.max(0, most - this.sending().length);
    return this.slots.filter((slot) => slot.is === "waiting" && slot.settledAt === null).slice(0, room);
  }

  sending(): Slot[] {
    return this.slots.filter((slot) => slot.is === "sending" && slot.settledAt === null);
  }

  /** Is nothing written before it still to be answered? */
  isFirst(slot: Slot): boolean {
    return this.slots.find((other) => other.is !== "failed" && other.settledAt === null) === slot;
  }

  settledUpTo(seq: Seq): Slot[] {
    return this.slots.filter(({ settledAt }) => settledAt !== null && settledAt <= seq);
  }

  /** What a person sees of it. The same object as long as nothing in it changed. */
  pending(): readonly Pending[] {
    this.#pending ??= this.slots.flatMap((slot) => shown(slot) ?? []);
    return this.#pending;
  }
}

function shown(slot: Slot): Pending | null {
  const { draft, is } = slot;
  if (draft.is !== "post") return null;
  const { key, conversation, text, time } = draft;
  const error = is === "failed" ? (draft.failed ?? null) : null;
  slot.view ??= { kind: "pending", key, conversation, text, time, is, error };
  return slot.view;
}
