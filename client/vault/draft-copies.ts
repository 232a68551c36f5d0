import type { Key } from "@parley/protocol/ids";
import type { Keep } from "../client.ts";
import type { Draft } from "../drafts.ts";
import { type Content, nameOf, stampOf } from "./content.ts";

const NAME = "parley.dropped";
const REMEMBERED = 1000;

/**
 * The vault's copies of what waits to be sent. The keep has them first, because it keeps at once; the vault has room
 * for more. What is not to be sent any more is noted in the keep until the vault has let go of it.
 */
export class DraftCopies {
  readonly #keep: Keep;
  readonly #copies = new Map<Key, { text: string; place: number }>();
  #lastPlace = 0;

  constructor(keep: Keep) {
    this.#keep = keep;
  }

  /** Keys of which the vault may still hold a copy, though nobody wants them sent. */
  get dropped(): Key[] {
    try {
      const keys: unknown = JSON.parse(this.#keep.get(NAME) ?? "[]");
      return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
    } catch {
      return [];
    }
  }

  /** Takes in what was read, and leaves out of it what was dropped. */
  restored(content: Content): Content {
    const dropped = new Set(this.dropped);
    const drafts = content.drafts.filter(({ draft }) => !dropped.has(draft.key));
    for (const { draft, place } of drafts) {
      this.#copies.set(draft.key, { text: JSON.stringify(draft), place });
      this.#lastPlace = Math.max(this.#lastPlace, place);
    }
    const useless = [...content.useless, ...[...dropped].map(nameOf.draft)];
    return { ...content, drafts, useless };
  }

  /** What the vault has to learn so that it holds exactly these, and which keys it has to let go. */
  changes(all: readonly Draft[], owner: string): { changes: Map<string, unknown>; gone: Key[] } {
    const changes = new Map<string, unknown>();
    for (const draft of all) {
      const text = JSON.stringify(draft);
      const copy = this.#copies.get(draft.key);
      if (copy?.text === text) continue;
      const place = copy?.place ?? ++this.#lastPlace;
      this.#copies.set(draft.key, { text, place });
      changes.set(nameOf.draft(draft.key), { ...stampOf(owner), draft: JSON.parse(text), place });
    }
    const wanted = new Set(all.map(({ key }) => key));
    const gone = [...this.#copies.keys()].filter((key) => !wanted.has(key));
    for (const key of gone) {
      this.#copies.delete(key);
      changes.set(nameOf.draft(key), null);
    }
    if (gone.length > 0) this.#note([...this.dropped, ...gone]);
    return { changes, gone };
  }

  /** The vault has let go of these. */
  kept(gone: readonly Key[]): void {
    if (gone.length > 0) this.#note(this.dropped.filter((key) => !gone.includes(key)));
  }

  forget(): void {
    this.#copies.clear();
    this.#note([]);
  }

  #note(keys: Key[]): void {
    this.#keep.set(NAME, keys.length > 0 ? JSON.stringify(keys.slice(-REMEMBERED)) : null);
  }
}
