import type { ConversationId, Time } from "@parley/protocol/ids";
import type { ClientClock, Keep } from "../client.ts";
import type { Draft } from "../drafts.ts";
import type { Replica } from "../replica.ts";
import type { Person } from "../views.ts";
import { type Content, contentOf } from "./content.ts";
import { DraftCopies } from "./draft-copies.ts";
import { ReplicaCopies } from "./replica-copies.ts";
import type { Vault, VaultState } from "./vault.ts";

/** How long what changed may wait to be kept. */
const COALESCED = 500;
/** A vault that was not read by then is done without. */
const PATIENCE = 3000;

export interface CustodyParts {
  vault: Vault;
  keep: Keep;
  clock: ClientClock;
  /** Calls back whenever this may be the last moment. */
  leaving(call: () => void): void;
  /** Whose it is, as something that does not tell the token; null while there is nobody. */
  owner(): string | null;
  replica: Replica;
  me(): Person | null;
  people(): Iterable<Person>;
  heardAt(): Time;
  /** What was kept, before anything was heard. */
  restored(content: Content): void;
  changed(): void;
}

/** Keeps a copy of the replica and of what was written, for the next start. A vault that fails costs only itself. */
export class Custody {
  readonly #parts: CustodyParts;
  readonly #replica: ReplicaCopies;
  readonly #drafts: DraftCopies;
  #reading: Promise<void> | null;
  #state: VaultState = "reading";
  #writing: Promise<void> = Promise.resolve();
  #underWay = 0;
  #cancel: (() => void) | null = null;

  constructor(parts: CustodyParts) {
    this.#parts = parts;
    this.#replica = new ReplicaCopies(parts);
    this.#drafts = new DraftCopies(parts.keep);
    this.#reading = this.#read(parts.owner()).finally(() => {
      this.#reading = null;
      this.#parts.changed();
    });
    parts.leaving(() => this.#flush(true));
  }

  get state(): VaultState {
    return this.#state;
  }

  /** Resolves once what was kept is there; null when it is. */
  get reading(): Promise<void> | null {
    return this.#reading;
  }

  /** Something in this conversation changed; null: anywhere. */
  changed(conversation: ConversationId | null): void {
    if (this.#state === "off") return;
    this.#replica.touched(conversation);
    this.#soon();
  }

  /** These are all that wait to be sent. Kept at once: somebody may close the page next. */
  drafts(all: readonly Draft[]): void {
    const owner = this.#parts.owner();
    if (owner === null) return;
    const { changes, gone } = this.#drafts.changes(all, owner);
    this.#write(changes, () => this.#drafts.kept(gone));
  }

  /** Forgets everything, here and there. */
  clear(): void {
    this.#replica.forget();
    this.#drafts.forget();
    if (this.#state === "reading") this.#state = "kept";
    this.#then(() => this.#parts.vault.clear());
  }

  async #read(owner: string | null): Promise<void> {
    try {
      const values = await this.#inTime(this.#parts.vault.read());
      if (this.#state !== "reading") return;
      this.#state = "kept";
      if (owner === null) return;
      const content = this.#drafts.restored(contentOf(values, owner));
      this.#replica.restored(content);
      this.#write(new Map(content.useless.map((name) => [name, null])), () => this.#drafts.kept(this.#drafts.dropped));
      this.#parts.restored(content);
    } catch {
      if (this.#state === "reading") this.#fail();
    }
  }

  #inTime<T>(reading: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#parts.clock.after(PATIENCE, () => reject(new Error("The vault does not answer.")));
      reading.then(resolve, reject).finally(cancel);
    });
  }

  #soon(): void {
    this.#cancel ??= this.#parts.clock.after(COALESCED, () => {
      this.#cancel = null;
      // What a slow disk has not taken yet must not pile up here.
      if (this.#underWay > 0) this.#soon();
      else this.#flush(false);
    });
  }

  #flush(last: boolean): void {
    this.#cancel?.();
    this.#cancel = null;
    const owner = this.#parts.owner();
    if (this.#state === "kept" && owner !== null) this.#write(this.#replica.changes(owner, last), () => {});
  }

  #write(changes: ReadonlyMap<string, unknown>, kept: () => void): void {
    if (changes.size > 0) this.#then(() => this.#parts.vault.write(changes).then(kept));
  }

  #then(act: () => Promise<void>): void {
    this.#underWay++;
    this.#writing = this.#writing
      .then(() => (this.#state === "off" ? undefined : act()))
      .catch(() => this.#fail())
      .finally(() => void this.#underWay--);
  }

  /** Full, forbidden or broken: what is there is removed, lest it grow old, and the rest of this life goes without. */
  #fail(): void {
    if (this.#state === "off") return;
    this.#state = "off";
    this.#cancel?.();
    this.#cancel = null;
    const names = this.#replica.names();
    this.#parts.vault.write(new Map(names.map((name) => [name, null]))).catch(() => {});
    this.#parts.changed();
  }
}
