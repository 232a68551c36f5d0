import type { Resolve } from "./trees.ts";

/** What exists on the server while it is fed with nonsense. */
export class World {
  conversations: number[] = [];
  users: number[] = [];
  /** Unique to one world, so that no two runs on a server share a key. */
  readonly #tag = crypto.randomUUID().slice(0, 8);
  /** Far from the numbers that lines give their own commands. */
  #ids = 1_000_000;
  #keys = 0;

  /** Remembers the newest few conversations and all that were there first. */
  met(conversation: number): void {
    if (this.conversations.includes(conversation)) return;
    this.conversations.push(conversation);
    if (this.conversations.length > 16) this.conversations.splice(8, 1);
  }

  nextId(): number {
    return ++this.#ids;
  }

  /** Most keys are new; some were used before. */
  readonly resolve: Resolve = ({ pick, n }) => {
    if (pick === "id") return String(this.nextId());
    if (pick === "key") return JSON.stringify(`${this.#tag}-${n % 10 === 0 ? n % 50 : 1000 + ++this.#keys}`);
    const from = pick === "conversation" ? this.conversations : this.users;
    return String(n % 20 === 0 ? 999_999 + n : (from[n % from.length] ?? n));
  };
}
