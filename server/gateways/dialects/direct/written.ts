import type { ConversationId, EntryId, Seq, UserId } from "@parley/protocol/ids";
import type { Store } from "../../../core/ports.ts";

/** Where a message stands, and whose it is. */
export interface Place {
  id: EntryId;
  seq: Seq;
  author: UserId;
}

/** Messages of which it is known without asking where they stand. */
const REMEMBERED = 512;

/** The newest messages of a talk as they were heard, and the ids of those that were answered. */
export class Written {
  readonly conversation: ConversationId;
  readonly #store: Pick<Store, "entry">;
  readonly #answered = new Map<Seq, EntryId>();
  #messages: Place[] = [];
  #since: Seq;

  constructor(store: Pick<Store, "entry">, conversation: ConversationId, since: Seq) {
    this.#store = store;
    this.conversation = conversation;
    this.#since = since;
  }

  /** Every message after this seq is remembered. */
  get since(): Seq {
    return this.#since;
  }

  add(message: Place): void {
    this.#messages.push(message);
    if (this.#messages.length < 2 * REMEMBERED) return;
    this.#since = this.#messages.splice(0, REMEMBERED).at(-1)?.seq ?? this.#since;
  }

  /** Those after one seq and up to another. */
  between(after: Seq, to: Seq): Place[] {
    return this.#messages.filter(({ seq }) => seq > after && seq <= to);
  }

  /** The id of an answered message that was learnt; null where there is none, or it could not be read. */
  answered(seq: Seq | undefined): EntryId | null {
    return seq === undefined ? null : (this.#answered.get(seq) ?? null);
  }

  /** Makes the ids of answered messages known; null where they are. */
  learn(seqs: readonly (Seq | undefined)[]): Promise<void> | null {
    if (seqs.length === 0) return null;
    const unknown = [...new Set(seqs)].filter((seq) => seq !== undefined).filter((seq) => !this.#answered.has(seq));
    if (unknown.length === 0) return null;
    if (this.#answered.size > REMEMBERED) this.#answered.clear();
    return this.#read(unknown);
  }

  async #read(seqs: readonly Seq[]): Promise<void> {
    for (const seq of seqs) {
      const entry = await this.#store.entry(this.conversation, seq).catch(() => null);
      if (entry) this.#answered.set(seq, entry.id);
    }
  }
}
