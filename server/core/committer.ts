import type { Entry } from "@parley/protocol/entries";
import type { ConversationId } from "@parley/protocol/ids";
import { type Committed, type MarkMove, NEW, type Outcome, type Write } from "./commit.ts";
import type { Bus, Clock, Observer, Store } from "./ports.ts";

/** Who waits for something: told once. What they throw is a bug of theirs, and nobody else's. */
export interface Waiting<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

interface PendingWrite {
  write: Write;
  waiting: Waiting<Outcome>;
}

interface PendingMark {
  move: MarkMove;
  waiting: Waiting<void>[];
}

export interface CommitterParts {
  store: Store;
  bus: Bus;
  clock: Clock;
  observer: Observer;
  /** Writes in one commit. */
  most: number;
  /** Told after the marks were committed. */
  moved(committed: Committed): void;
}

/**
 * Group commit: everything that arrives in one turn, or while the last commit is under way, shares the next one.
 * One commit at a time, so that what a session sends in order is committed in order. Announces after the commit only.
 */
export class Committer {
  readonly #parts: CommitterParts;
  #writes: PendingWrite[] = [];
  #marks = new Map<string, PendingMark>();
  #scheduled = false;
  /** Conversations of commits that failed: where only the answer was lost, entries stand there that nobody heard of. */
  readonly #doubted = new Set<ConversationId>();

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  /** Resolves once the write is on disk, or was refused. Rejects with `unavailable` when that is not known of it. */
  commit(write: Write): Promise<Outcome> {
    return new Promise((resolve, reject) => this.place(write, { resolve, reject }));
  }

  /** The same for somebody who needs no promise. */
  place(write: Write, waiting: Waiting<Outcome>): void {
    this.#writes.push({ write, waiting });
    this.#schedule();
  }

  /** Moves a mark with the next commit; several moves of one mark become one. */
  move(move: MarkMove): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = `${move.conversation}:${move.user}`;
      const pending = this.#marks.get(id) ?? { move: { ...move }, waiting: [] };
      pending.move.delivered = Math.max(pending.move.delivered, move.delivered);
      pending.move.read = Math.max(pending.move.read, move.read);
      if (move.time !== undefined) pending.move.time = move.time;
      pending.waiting.push({ resolve, reject });
      this.#marks.set(id, pending);
      this.#schedule();
    });
  }

  /** The store answers again: whoever follows what a failed commit may have changed looks what stands there. */
  ringDoubted(): void {
    const doubted = [...this.#doubted];
    this.#doubted.clear();
    for (const conversation of doubted) this.#parts.bus.publish(conversation, { is: "rung" });
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    while (this.#scheduled) await new Promise<void>((resolve) => this.#parts.clock.turn(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#parts.clock.turn(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    const writes = this.#writes.splice(0, this.#parts.most);
    const marks = [...this.#marks.values()];
    this.#marks.clear();
    const outcomes = await this.#carryOut(writes, marks).catch((error) => this.#fail(writes, marks, error));
    if (outcomes) this.#tell(writes, marks, outcomes);
    this.#scheduled = false;
    if (this.#writes.length > 0 || this.#marks.size > 0) this.#schedule();
  }

  async #carryOut(writes: readonly PendingWrite[], marks: readonly PendingMark[]): Promise<readonly Outcome[]> {
    const committed = await this.#parts.store.commit(
      writes.map((pending) => pending.write),
      marks.map((pending) => pending.move),
    );
    this.#parts.observer.count("commits");
    this.#announce(committed.outcomes);
    this.ringDoubted();
    if (committed.moved.length > 0) this.#parts.moved(committed);
    return committed.outcomes;
  }

  #tell(writes: readonly PendingWrite[], marks: readonly PendingMark[], outcomes: readonly Outcome[]): void {
    writes.forEach(({ waiting }, at) => {
      this.#resolve(waiting, outcomes[at] as Outcome);
    });
    for (const mark of marks) for (const waiting of mark.waiting) this.#resolve(waiting, undefined);
  }

  #fail(writes: readonly PendingWrite[], marks: readonly PendingMark[], error: unknown): void {
    for (const { write } of writes) this.#doubt(write);
    // What came in meanwhile is refused alike: a later message must not overtake an earlier one that failed.
    for (const { waiting } of [...writes, ...this.#writes.splice(0)]) this.#reject(waiting, error);
    for (const mark of marks) for (const waiting of mark.waiting) this.#reject(waiting, error);
  }

  // Hazard: a fault of one who waits must not keep the others waiting, and every commit after this.
  #resolve<T>(waiting: Waiting<T>, value: T): void {
    try {
      waiting.resolve(value);
    } catch (fault) {
      this.#bug(fault);
    }
  }

  #reject(waiting: Waiting<never>, error: unknown): void {
    try {
      waiting.reject(error);
    } catch (fault) {
      this.#bug(fault);
    }
  }

  #bug(fault: unknown): void {
    this.#parts.observer.log("error", "bug", { error: String(fault) });
  }

  #doubt({ drafts }: Write): void {
    for (const { conversation } of drafts) if (conversation !== NEW) this.#doubted.add(conversation);
  }

  #announce(outcomes: readonly Outcome[]): void {
    const fresh = new Map<ConversationId, Entry[]>();
    let [written, messages] = [0, 0];
    for (const outcome of outcomes) {
      if (outcome.is !== "written") continue;
      for (const { conversation, entry } of outcome.logged) {
        const entries = fresh.get(conversation);
        if (entries) entries.push(entry);
        else fresh.set(conversation, [entry]);
        written += 1;
        if (entry.kind === "message") messages += 1;
      }
    }
    this.#parts.observer.count("entries", written);
    this.#parts.observer.count("messages", messages);
    for (const [conversation, entries] of fresh) this.#parts.bus.publish(conversation, { is: "entries", entries });
  }
}
