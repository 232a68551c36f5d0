import type { Result } from "@parley/protocol/commands";
import type { Conversation } from "@parley/protocol/conversations";
import { ERRORS, type ErrorCode } from "@parley/protocol/errors";
import type { Seq } from "@parley/protocol/ids";
import type { Answer } from "./calls.ts";
import type { Log } from "./log.ts";

/** What became of asking the server to bring a log up: null where the line was lost meanwhile. */
export type Followed = { conversation: Conversation } | { refused: ErrorCode } | null;

/** The same, from the answer to `follow`. */
export function followedOf(answer: Answer | null): Followed {
  if (answer === null) return null;
  return "ok" in answer ? (answer.ok as Result<"follow">) : { refused: answer.refused.code };
}

export interface MendingParts {
  follow(log: Log, answered: (followed: Followed) => void): void;
  brought(log: Log, to: Conversation): void;
  /** For good, or only for now. */
  refused(log: Log, forGood: boolean): void;
}

/** Brings logs up to the server: one question at a time for each, and none again from where one was in vain. */
export class Mending {
  readonly #parts: MendingParts;
  readonly #asking = new Set<Log>();
  /** Where each stood when it was asked for last. */
  readonly #askedAt = new Map<Log, Seq>();
  /** Logs that the server would not bring up just now: until it does, it says nothing of them. */
  readonly #refused = new Set<Log>();

  constructor(parts: MendingParts) {
    this.#parts = parts;
  }

  get busy(): boolean {
    return this.#asking.size > 0;
  }

  has(log: Log): boolean {
    return this.#asking.has(log);
  }

  mend(log: Log): void {
    if (this.#asking.has(log) || (!log.stale && this.#askedAt.get(log) === log.next)) return;
    this.#asking.add(log);
    this.#askedAt.set(log, log.next);
    this.#parts.follow(log, (followed) => {
      this.#asking.delete(log);
      this.#refused.delete(log);
      if (followed === null) return;
      if ("conversation" in followed) return this.#parts.brought(log, followed.conversation);
      const { retry } = ERRORS[followed.refused] ?? { retry: false };
      if (retry) this.#refused.add(log);
      this.#parts.refused(log, !retry);
    });
  }

  /** Asks also where it was in vain before. */
  mendAgain(log: Log): void {
    this.#askedAt.delete(log);
    this.mend(log);
  }

  /** A beat passes: what was refused for a while is asked for again, and what is stale. */
  beat(logs: Iterable<Log>): void {
    for (const log of logs) {
      if (this.#refused.has(log)) this.mendAgain(log);
      else if (log.stale) this.mend(log);
    }
  }

  forget(log: Log): void {
    this.#asking.delete(log);
    this.#askedAt.delete(log);
    this.#refused.delete(log);
  }

  /** The line is lost, and with it every question. */
  clear(): void {
    this.#asking.clear();
    this.#askedAt.clear();
    this.#refused.clear();
  }
}
