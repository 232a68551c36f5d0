import type { Args, Result } from "@parley/protocol/commands";
import type { Entry } from "@parley/protocol/entries";
import type { UserId } from "@parley/protocol/ids";

export interface BlocksParts {
  ask(page: Args<"blocks">): Promise<Result<"blocks">>;
  changed(): void;
}

/** Whom one blocked: asked for when somebody first looks, and then as one's inbox tells. */
export class Blocks {
  readonly #parts: BlocksParts;
  #blocked: ReadonlySet<UserId> | null = null;
  /** What the inbox told while the server is being asked: it goes before the answer. Null while it is not. */
  #told: Map<UserId, boolean> | null = null;
  #doubted = true;

  constructor(parts: BlocksParts) {
    this.#parts = parts;
  }

  /** Undefined while the server is being asked. */
  has(user: UserId): boolean | undefined {
    if (this.#doubted && !this.#told) void this.#ask();
    return this.#blocked?.has(user);
  }

  /** Takes one's own entry, where it is about this. */
  heard({ kind, body }: Entry): void {
    if (kind !== "blocked" && kind !== "unblocked") return;
    this.#told?.set(body.user, kind === "blocked");
    if (!this.#blocked) return;
    this.#blocked = changed(this.#blocked, [[body.user, kind === "blocked"]]);
    this.#parts.changed();
  }

  /** Something may have been missed. */
  doubt(): void {
    this.#doubted = true;
  }

  clear(): void {
    this.#blocked = null;
    this.#told = null;
    this.#doubted = true;
  }

  async #ask(): Promise<void> {
    const told = new Map<UserId, boolean>();
    this.#told = told;
    this.#doubted = false;
    try {
      const all = await this.#all();
      // What was asked for somebody who signed out is nobody's.
      if (this.#told !== told) return;
      this.#blocked = changed(all, [...told]);
      this.#parts.changed();
    } catch {
      // Nothing is known then: what is written to somebody who is blocked is refused.
    }
    if (this.#told === told) this.#told = null;
  }

  async #all(): Promise<Set<UserId>> {
    const all = new Set<UserId>();
    for (let after: UserId | undefined; ; ) {
      const { people, next } = await this.#parts.ask(after === undefined ? {} : { after });
      for (const { id } of people) all.add(id);
      if (next === null) return all;
      after = next;
    }
  }
}

function changed(blocked: ReadonlySet<UserId>, news: readonly [UserId, boolean][]): ReadonlySet<UserId> {
  const now = new Set(blocked);
  for (const [user, isBlocked] of news) {
    if (isBlocked) now.add(user);
    else now.delete(user);
  }
  return now;
}
