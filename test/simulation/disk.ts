import { ChatError } from "@parley/protocol/errors";
import type { Epoch } from "@parley/protocol/ids";
import type { Write } from "@parley/server/core/commit";
import type { Store } from "@parley/server/core/ports";
import { LOGS, READS } from "@parley/server/store/asked";
import type { Random } from "./random.ts";
import type { Time } from "./time.ts";
import { Truth } from "./truth.ts";

type Method = Exclude<keyof Store, "epoch">;

/** A change that reached the disk. */
interface Change {
  method: Method;
  args: unknown[];
}

/** Questions that change nothing; what else the port has is written down, and so survives. */
const QUESTIONS = new Set<string>([
  ...[...LOGS, ...READS],
  ...["users", "usersByHandle", "findUsers", "recall", "passwordOf", "claimant", "hasToken", "ready", "close"],
]);

/** Who asks the disk: a node, which may die at the moment that it named. */
export interface Asker {
  readonly alive: boolean;
  /** True where the node dies here; it is dead then. */
  dies(moment: "before commit" | "after commit"): boolean;
}

export interface DiskParts {
  time: Time;
  random: Random;
  /** An empty store under this epoch. */
  open(epoch: Epoch): Store;
  wrong(what: string): void;
  /** Share of the questions that take a while. */
  slow: number;
  /** Writes that one commit may have. */
  most: number;
}

/**
 * The one store that all nodes share, and the disk under it: what was not synced is lost when the power goes, and an
 * earlier state can be put back. Questions of different nodes overtake each other; the store answers one at a time.
 */
export class Disk {
  truth: Truth;
  store: Store;
  /** Nothing can be written or read for a while. */
  out = false;
  /** A broken disk: what is answered as committed is synced only so many milliseconds later. */
  syncsLate = 0;
  readonly #parts: DiskParts;
  #journal: Change[] = [];
  #unsynced: (Change & { done: unknown })[] = [];

  constructor(parts: DiskParts, epoch: Epoch) {
    this.#parts = parts;
    this.truth = new Truth(parts.wrong);
    this.store = parts.open(epoch);
  }

  /** How much has been written so far: a state to which the disk can be put back. */
  get length(): number {
    return this.#journal.length;
  }

  /** The store as one node sees it. */
  port(asker: Asker): Store {
    const port: Record<string, unknown> = { epoch: this.store.epoch };
    for (const [name, of] of Object.entries(this.store)) {
      if (typeof of === "function") port[name] = (...args: unknown[]) => this.#ask(asker, name as Method, args);
    }
    return port as unknown as Store;
  }

  /** The power was gone, or an earlier state is put back: what is there now was read from the disk. */
  reopen(length: number, epoch: Epoch): void {
    const { time, open, wrong } = this.#parts;
    this.#unsynced = [];
    this.#journal.length = Math.min(this.#journal.length, length);
    this.truth = new Truth(wrong);
    void this.store.close();
    this.store = open(epoch);
    for (const { method, args } of this.#journal) {
      (this.#call(method, args) as Promise<unknown>).then(
        (done) => this.#record(method, args, done),
        () => {},
      );
      time.run(0);
    }
  }

  #call(method: Method, args: unknown[]): unknown {
    return (this.store[method] as (...args: unknown[]) => unknown)(...args);
  }

  #ask(asker: Asker, method: Method, args: unknown[]): Promise<unknown> {
    if (method === "commit" && (args[0] as Write[]).length > this.#parts.most)
      this.#parts.wrong("a commit is too large");
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const later = (call: () => void) => this.#after(method, () => asker.alive && call());
    const asked = () => {
      if (!asker.alive || (method === "commit" && asker.dies("before commit"))) return;
      if (this.out) return later(() => reject(new ChatError("unavailable", "The disk does not answer.")));
      (this.#call(method, args) as Promise<unknown>).then(
        (done) => {
          this.#changed(method, args, done);
          if (method === "commit" && asker.dies("after commit")) return;
          later(() => resolve(done));
        },
        (error) => later(() => reject(error)),
      );
    };
    this.#after(method, asked);
    return promise;
  }

  /** Some questions are answered at once; a commit never is. */
  #after(method: Method, call: () => void): void {
    const { time, random, slow } = this.#parts;
    if (method === "commit") time.after(0.01 + random.tail(3, 80), call);
    else if (random.chance(slow)) time.after(random.tail(3, 40), call);
    else call();
  }

  #changed(method: Method, args: unknown[], done: unknown): void {
    if (QUESTIONS.has(method)) return;
    if (this.syncsLate === 0 || method !== "commit") {
      this.#journal.push({ method, args });
      return this.#record(method, args, done);
    }
    this.#unsynced.push({ method, args, done });
    this.#parts.time.after(this.syncsLate, () => this.#sync());
  }

  #sync(): void {
    for (const { method, args, done } of this.#unsynced.splice(0)) {
      this.#journal.push({ method, args });
      this.#record(method, args, done);
    }
  }

  #record(method: Method, args: unknown[], done: unknown): void {
    if (method === "commit") {
      this.truth.committed(args[0] as Write[], done as Awaited<ReturnType<Store["commit"]>>);
    } else if (method === "enrol") {
      const { id, inbox } = done as Awaited<ReturnType<Store["enrol"]>>;
      this.truth.enrolled(id, inbox);
    }
  }
}
