import type { Receipt } from "@parley/protocol/commands";
import type { Entry } from "@parley/protocol/entries";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Key, Seq } from "@parley/protocol/ids";
import { type Calls, mayPass, pause } from "./calls.ts";
import type { ClientClock, Keep } from "./client.ts";
import { commandOf, type Draft, draftsFrom, tooLong } from "./drafts.ts";
import { Lane, type Slot } from "./lane.ts";
import type { Pending, WireLimits } from "./views.ts";

const NAME = "parley.outbox";
const IN_FLIGHT = 32;
/** So many finished keys are remembered, lest another tab's copy of them be taken for its own. */
const REMEMBERED = 1000;

export interface OutboxParts {
  clock: ClientClock;
  random: () => number;
  keep: Keep;
  calls: Calls;
  limits(): WireLimits;
  /** These are all that wait now, to be kept elsewhere too. */
  saved(drafts: readonly Draft[]): void;
  /** How far a log was heard; the outbox keeps what is answered until the log shows it. */
  heardUpTo(conversation: ConversationId): Seq;
  /** Gives up this line for a new one. */
  cut(): void;
  changed(conversation: ConversationId): void;
}

/**
 * What this person wrote and the log does not hold yet: each conversation's in the order of writing, sent under the
 * same keys until it is answered, also after the process ended.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #lanes = new Map<ConversationId, Lane>();
  readonly #byKey = new Map<Key, Slot>();
  readonly #done = new Set<Key>();
  #saving = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    for (const draft of draftsFrom(parts.keep.get(NAME))) this.#enqueue(draft);
  }

  pending(conversation: ConversationId): readonly Pending[] {
    return this.#lanes.get(conversation)?.pending() ?? NOTHING;
  }

  /** Takes in what was kept elsewhere too, in the order of writing: before everything that was written since. */
  restore(drafts: readonly Draft[]): void {
    for (const draft of drafts) if (!this.#byKey.has(draft.key) && !this.#done.has(draft.key)) this.#enqueue(draft);
    const order = new Map(drafts.map(({ key }, at) => [key, at]));
    for (const lane of drafts.length > 0 ? this.#lanes.values() : []) {
      lane.sort((draft) => order.get(draft.key) ?? drafts.length);
    }
    this.#save();
    this.resend();
  }

  add(draft: Draft): Promise<Receipt> {
    const slot = this.#enqueue(draft);
    const answered = new Promise<Receipt>((resolve, reject) => {
      slot.settle = { resolve, reject };
    });
    this.#save();
    this.#pump(this.#lane(draft.conversation));
    return answered;
  }

  retry(key: Key): void {
    const slot = this.#byKey.get(key);
    if (slot?.is !== "failed") return;
    const lane = this.#lane(slot.draft.conversation);
    lane.moveLast(slot, "waiting");
    this.#save();
    this.#pump(lane);
  }

  discard(key: Key): void {
    const slot = this.#byKey.get(key);
    if (!slot || slot.is === "sending") return;
    this.#remove(slot);
    slot.settle?.reject(new ChatError("bad_request", "This message was discarded."));
    this.#pump(this.#lane(slot.draft.conversation));
  }

  /** The line is up: everything that has no answer is sent, in order. */
  resend(): void {
    for (const lane of this.#lanes.values()) this.#pump(lane);
  }

  lost(): void {
    for (const lane of this.#lanes.values()) this.#unsend(lane);
  }

  /** Echoes may have been missed here: asks again under the same keys. */
  again(conversation: ConversationId): void {
    const lane = this.#lanes.get(conversation);
    if (!lane) return;
    this.#unsend(lane);
    this.#pump(lane);
  }

  /** One's own entry in a log is the answer to the command with its key. */
  echoed(conversation: ConversationId, { key, seq, id }: Entry): void {
    const slot = this.#byKey.get(key);
    if (slot?.draft.conversation !== conversation) return;
    this.#finish(slot, { conversation, seq, entry: id });
  }

  /** The log was heard further: what waited to be shown there is shown there now. */
  heard(conversation: ConversationId): void {
    const lane = this.#lanes.get(conversation);
    const upTo = this.#parts.heardUpTo(conversation);
    for (const slot of lane?.settledUpTo(upTo) ?? []) this.#remove(slot);
  }

  clear(): void {
    for (const [conversation, lane] of [...this.#lanes]) {
      for (const { draft, settle } of lane.slots) {
        this.#done.add(draft.key);
        settle?.reject(new ChatError("not_authenticated", "Signed out before this was sent."));
      }
      lane.release();
      this.#lanes.delete(conversation);
      this.#parts.changed(conversation);
    }
    this.#byKey.clear();
    this.#parts.keep.set(NAME, null);
    this.#parts.saved([]);
  }

  #lane(conversation: ConversationId): Lane {
    const known = this.#lanes.get(conversation);
    if (known) return known;
    const lane = new Lane();
    this.#lanes.set(conversation, lane);
    return lane;
  }

  #enqueue(draft: Draft): Slot {
    const slot = this.#lane(draft.conversation).add(draft);
    this.#byKey.set(draft.key, slot);
    this.#parts.changed(draft.conversation);
    return slot;
  }

  #pump(lane: Lane): void {
    if (lane.held) return;
    for (const slot of lane.toSend(IN_FLIGHT)) {
      const error = tooLong(slot.draft, this.#parts.limits());
      if (error) this.#fail(slot, error);
      else if (!this.#send(lane, slot)) return;
    }
  }

  #send(lane: Lane, slot: Slot): boolean {
    const sent = this.#parts.calls.once(commandOf(slot.draft), (answer) => {
      slot.tries--;
      if (answer && "ok" in answer) this.#carriedOut(lane, slot, answer.ok as Receipt);
      else if (answer) {
        const last = slot.sent === null && slot.is === "sending";
        this.#refused(lane, slot, answer.refused, last || slot.sent === sent);
      }
    });
    if (sent === null) return false;
    slot.tries++;
    lane.move(slot, "sending");
    slot.sent = sent;
    this.#parts.changed(slot.draft.conversation);
    return true;
  }

  #unsend(lane: Lane): void {
    for (const slot of lane.sending()) {
      slot.sent = null;
      lane.move(slot, "waiting");
      this.#parts.changed(slot.draft.conversation);
    }
  }

  /** Whichever time it was sent: it is in the log now. */
  #carriedOut(lane: Lane, slot: Slot, receipt: Receipt): void {
    if (this.#byKey.get(slot.draft.key) === slot) this.#finish(slot, receipt);
    this.#pump(lane);
  }

  #refused(lane: Lane, slot: Slot, error: ChatError, current: boolean): void {
    if (this.#byKey.get(slot.draft.key) !== slot || (slot.sent !== null && !current)) return;
    if (!mayPass(error, lane.refusals + 1)) {
      // Another try that is under way may yet be carried out: the last answer is the one that holds.
      if (slot.tries === 0) this.#fail(slot, error);
      else slot.sent = null;
    } else if (error.code === "out_of_order" && lane.isFirst(slot)) this.#startOver(lane);
    else if (current) this.#hold(lane, error);
    this.#pump(lane);
  }

  /** The server waits for an earlier message, and none will come: only a new line forgets that. */
  #startOver(lane: Lane): void {
    this.#unsend(lane);
    this.#parts.cut();
  }

  /** A passing refusal: this one and all that were written after it wait, and are sent again in the same order. */
  #hold(lane: Lane, error: ChatError): void {
    lane.refusals++;
    this.#unsend(lane);
    lane.holdUntil(
      this.#parts.clock.after(pause(error, lane.refusals, this.#parts.random), () => {
        lane.release();
        this.#pump(lane);
      }),
    );
  }

  #fail(slot: Slot, error: ChatError): void {
    const lane = this.#lane(slot.draft.conversation);
    slot.settle?.reject(error);
    slot.settle = null;
    lane.refusals = 0;
    slot.draft.failed = { code: error.code, message: error.message };
    if (slot.draft.is === "post") lane.move(slot, "failed");
    else this.#remove(slot);
    this.#save();
    this.#parts.changed(slot.draft.conversation);
  }

  #finish(slot: Slot, receipt: Receipt): void {
    const lane = this.#lane(slot.draft.conversation);
    lane.refusals = 0;
    slot.settle?.resolve(receipt);
    slot.settle = null;
    if (slot.draft.is === "post" && receipt.seq > this.#parts.heardUpTo(slot.draft.conversation)) {
      slot.settledAt = receipt.seq;
      this.#forget(slot);
    } else this.#remove(slot);
    this.#pump(lane);
  }

  #remove(slot: Slot): void {
    this.#lane(slot.draft.conversation).remove(slot);
    this.#forget(slot);
    this.#parts.changed(slot.draft.conversation);
  }

  /** Nothing of it needs to outlive the process any more. */
  #forget(slot: Slot): void {
    this.#byKey.delete(slot.draft.key);
    this.#done.add(slot.draft.key);
    if (this.#done.size > REMEMBERED) this.#done.delete(this.#done.values().next().value as Key);
    this.#save();
  }

  #save(): void {
    if (this.#saving) return;
    this.#saving = true;
    queueMicrotask(() => {
      this.#saving = false;
      this.#write();
    });
  }

  /**
   * Writes beside what other tabs of the same person have kept, which is not ours to forget. What is kept already stays
   * where it is: another tab may have written behind what this one took over.
   */
  #write(): void {
    const mine = [...this.#byKey.values()].map((slot) => slot.draft);
    const before = draftsFrom(this.#parts.keep.get(NAME)).filter(({ key }) => !this.#done.has(key));
    const kept = new Set(before.map(({ key }) => key));
    const all = [
      ...before.map((draft) => this.#byKey.get(draft.key)?.draft ?? draft),
      ...mine.filter(({ key }) => !kept.has(key)),
    ];
    this.#parts.keep.set(NAME, all.length > 0 ? JSON.stringify(all) : null);
    this.#parts.saved(mine);
  }
}

const NOTHING: readonly Pending[] = [];
