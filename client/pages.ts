import type { Args, Result } from "@parley/protocol/commands";
import type { ConversationId } from "@parley/protocol/ids";
import type { Page } from "@parley/protocol/messages";
import type { Logs } from "./logs.ts";

/** How often a page is asked for again when what was heard meanwhile made it too old. */
const TRIES = 3;

export interface PagesParts {
  logs: Logs;
  ask(args: Args<"history">): Promise<Result<"history">>;
  met(people: Page["people"]): void;
  changed(conversation: ConversationId): void;
}

/** Loads history below what is held, one page at a time for each conversation. */
export class Pages {
  readonly #parts: PagesParts;
  readonly #loading = new Map<ConversationId, Promise<Page | null>>();

  constructor(parts: PagesParts) {
    this.#parts = parts;
  }

  loading(conversation: ConversationId): boolean {
    return this.#loading.has(conversation);
  }

  /** The page below what is held, which joins it; null where there is nothing older, or nothing held. */
  older(conversation: ConversationId, limit: number): Promise<Page | null> {
    const loading = this.#loading.get(conversation);
    if (loading) return loading;
    const page = this.#load(conversation, limit).finally(() => {
      this.#loading.delete(conversation);
      this.#parts.changed(conversation);
    });
    this.#loading.set(conversation, page);
    this.#parts.changed(conversation);
    return page;
  }

  async #load(conversation: ConversationId, limit: number): Promise<Page | null> {
    for (let tries = 0; tries < TRIES; tries++) {
      const log = this.#parts.logs.get(conversation);
      if (!log || log.complete) return null;
      const askedAt = log.ask();
      try {
        const page = await this.#parts.ask({ conversation, before: log.low, limit });
        this.#parts.met(page.people);
        if (this.#parts.logs.holds(log) && log.join(page, askedAt)) return page;
      } finally {
        log.asked();
      }
    }
    return null;
  }
}
