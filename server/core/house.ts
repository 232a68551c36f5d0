import { handleCandidates } from "./names.ts";
import type { Clock, Store } from "./ports.ts";
import type { User } from "./rows.ts";

const NAME = "Parley";
const HANDLES_TRIED = 50;

/** The server's own person: the author of what nobody does, and the owner of what is everybody's. */
export class House {
  readonly #parts: { store: Store; clock: Clock };
  #found: Promise<User> | null = null;

  constructor(parts: { store: Store; clock: Clock }) {
    this.#parts = parts;
  }

  /** Always the same one; made when first asked for. */
  person(): Promise<User> {
    this.#found ??= this.#find().catch((error) => {
      this.#found = null;
      throw error;
    });
    return this.#found;
  }

  #find(): Promise<User> {
    const { store, clock } = this.#parts;
    const handles: string[] = [];
    for (const handle of handleCandidates(NAME.toLowerCase())) {
      if (handles.push(handle) >= HANDLES_TRIED) break;
    }
    return store.house({ name: NAME, handles, time: clock.now() });
  }
}
