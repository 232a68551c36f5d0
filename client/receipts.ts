import type { Result } from "@parley/protocol/commands";
import type { ConversationId, Seq, Time } from "@parley/protocol/ids";
import type { Signal } from "@parley/protocol/signals";
import type { Log } from "./log.ts";
import type { MessageState } from "./views.ts";

/** How far somebody else's mark can bring a message. */
export type Covered = "delivered" | "read";

const COVERED: readonly Covered[] = ["delivered", "read"];

type MarksSignal = Extract<Signal, { t: "marks" }>;

export interface ReceiptsParts {
  log(conversation: ConversationId): Log | undefined;
  /** One's own newest message that each state covers. */
  reached(conversation: ConversationId): Record<MessageState, Seq>;
  ask(conversation: ConversationId, seq: Seq): Promise<Result<"receipts">>;
  changed(conversation: ConversationId): void;
}

/** When a message came so far: undefined while that is asked for, null where it was not kept. */
interface Known {
  seq: Seq;
  time: Time | null | undefined;
}

/** When one's own newest messages came as far as they are: heard with the marks, or asked for when somebody looks. */
export class Receipts {
  readonly #parts: ReceiptsParts;
  readonly #known = new WeakMap<Log, Map<Covered, Known>>();

  constructor(parts: ReceiptsParts) {
    this.#parts = parts;
  }

  /** Marks are moved by `move`: what comes further by it does so at their time. */
  heard({ conversation, marks }: MarksSignal, move: () => void): void {
    const log = this.#parts.log(conversation);
    const times = marks.flatMap(({ time }) => time ?? []);
    if (!log || times.length === 0) return move();
    const before = this.#parts.reached(conversation);
    move();
    const after = this.#parts.reached(conversation);
    for (const state of COVERED) {
      if (after[state] > before[state]) this.#put(log, state, { seq: after[state], time: Math.max(...times) });
    }
  }

  /** When the newest message of this state came so far; asks where that is not known. */
  at(conversation: ConversationId, state: Covered): Time | null | undefined {
    const log = this.#parts.log(conversation);
    const seq = this.#parts.reached(conversation)[state];
    if (!log || seq === 0) return null;
    const known = this.#known.get(log)?.get(state);
    if (known?.seq === seq) return known.time;
    this.#put(log, state, { seq, time: undefined });
    queueMicrotask(() => void this.#ask(log, seq));
    return undefined;
  }

  async #ask(log: Log, seq: Seq): Promise<void> {
    const by = await this.#parts.ask(log.id, seq).then(
      (ledger) => ledger.by ?? null,
      () => null,
    );
    for (const state of COVERED) {
      const known = this.#known.get(log)?.get(state);
      if (known?.seq !== seq || known.time !== undefined) continue;
      this.#put(log, state, { seq, time: by && lastOf(by.map((reach) => reach[state])) });
    }
    this.#parts.changed(log.id);
  }

  #put(log: Log, state: Covered, known: Known): void {
    const all = this.#known.get(log) ?? new Map<Covered, Known>();
    this.#known.set(log, all.set(state, known));
  }
}

/** A message is read when the last of all has read it: null where that is not known of somebody. */
function lastOf(times: readonly (Time | null | undefined)[]): Time | null {
  const known = times.filter((time) => typeof time === "number");
  return known.length > 0 && known.length === times.length ? Math.max(...known) : null;
}
