import type { Result } from "@parley/protocol/commands";
import { ERRORS } from "@parley/protocol/errors";
import type { ClientFrame } from "@parley/protocol/frames";
import type { ConversationId, Seq, Time } from "@parley/protocol/ids";
import type { Answer, Calls } from "./calls.ts";
import type { ClientClock } from "./client.ts";
import { within } from "./within.ts";

const LAZY = 1000;

/** Marks to be reported. With `recount` they are, even where nothing moves: the answer has the counts. */
export interface Report {
  delivered: Seq;
  read: Seq;
  recount: boolean;
}

export interface MarksParts {
  clock: ClientClock;
  calls: Calls;
  up(): boolean;
  send(frame: ClientFrame): void;
  /** What was last known to have been reported. */
  known(conversation: ConversationId): { delivered: Seq; read: Seq };
  answered(conversation: ConversationId, result: Result<"mark">): void;
}

/** Reports one's own marks lazily: together, at most once a second, and until they are answered. */
export class Marks {
  readonly #parts: MarksParts;
  /** To be reported. */
  readonly #wanted = new Map<ConversationId, Report>();
  /** Reported on this line, and not answered. */
  readonly #sent = new Map<ConversationId, Report>();
  #lastSent: Time = Number.NEGATIVE_INFINITY;
  /** Until then the server wants no more of them. */
  /** After a refusal nothing is told for so long. */
  #refusedAt: Time = 0;
  #pause = 0;
  #cancel: (() => void) | null = null;

  constructor(parts: MarksParts) {
    this.#parts = parts;
  }

  report(conversation: ConversationId, news: Partial<Report>): void {
    const known = this.#parts.known(conversation);
    const sent = this.#sent.get(conversation);
    const read = news.read ?? 0;
    const delivered = Math.max(news.delivered ?? 0, read);
    const moves = read > Math.max(known.read, sent?.read ?? 0);
    const arrives = delivered > Math.max(known.delivered, sent?.delivered ?? 0);
    if (!moves && !arrives && !news.recount) return;
    this.#want(conversation, { delivered, read, recount: news.recount ?? false });
  }

  /** What may leave with the frames that leave now. */
  riding(): ClientFrame[] {
    const now = this.#parts.clock.now();
    const early = within(LAZY, this.#lastSent, now) || within(this.#pause, this.#refusedAt, now);
    return early ? [] : this.#take();
  }

  /** The line is up again. */
  resume(): void {
    if (this.#wanted.size > 0) this.#schedule();
  }

  /** What was not answered is reported again. */
  lost(): void {
    for (const [conversation, report] of [...this.#sent]) this.#again(conversation, report);
    this.#cancel?.();
    this.#cancel = null;
  }

  clear(): void {
    this.#wanted.clear();
    this.#sent.clear();
    this.#cancel?.();
    this.#cancel = null;
  }

  #want(conversation: ConversationId, report: Report): void {
    this.#wanted.set(conversation, merged(this.#wanted.get(conversation), report));
    this.#schedule();
  }

  #schedule(): void {
    const now = this.#parts.clock.now();
    const pause = within(this.#pause, this.#refusedAt, now) ? this.#refusedAt + this.#pause - now : 0;
    const ms = Math.max(LAZY, pause);
    this.#cancel ??= this.#parts.clock.after(ms, () => {
      this.#cancel = null;
      if (!this.#parts.up()) return;
      for (const frame of this.#take()) this.#parts.send(frame);
    });
  }

  #take(): ClientFrame[] {
    if (this.#wanted.size === 0) return [];
    this.#cancel?.();
    this.#cancel = null;
    this.#lastSent = this.#parts.clock.now();
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    return wanted.map(([conversation, report]) => this.#frame(conversation, report));
  }

  #frame(conversation: ConversationId, report: Report): ClientFrame {
    this.#sent.set(conversation, merged(this.#sent.get(conversation), report));
    const { delivered, read } = report;
    const args = { conversation, ...(delivered > 0 && { delivered }), ...(read > 0 && { read }) };
    return this.#parts.calls.numbered({ t: "mark", ...args }, (answer) => this.#answered(conversation, report, answer));
  }

  #answered(conversation: ConversationId, report: Report, answer: Answer | null): void {
    const sent = this.#sent.get(conversation);
    if (answer && "ok" in answer) {
      if (sent && covers(report, sent)) this.#sent.delete(conversation);
      this.#parts.answered(conversation, answer.ok as Result<"mark">);
    } else if (answer && ERRORS[answer.refused.code]?.retry) {
      this.#refusedAt = this.#parts.clock.now();
      this.#pause = answer.refused.retryAfter ?? 0;
      this.#again(conversation, report);
    } else if (answer) this.#sent.delete(conversation);
  }

  #again(conversation: ConversationId, report: Report): void {
    this.#sent.delete(conversation);
    this.#want(conversation, report);
  }
}

function merged(one: Report | undefined, other: Report): Report {
  return {
    delivered: Math.max(one?.delivered ?? 0, other.delivered),
    read: Math.max(one?.read ?? 0, other.read),
    recount: one?.recount === true || other.recount,
  };
}

function covers(one: Report, other: Report): boolean {
  return one.delivered >= other.delivered && one.read >= other.read;
}
