import type { Args, CommandName, Result } from "@parley/protocol/commands";
import { ChatError, ERRORS } from "@parley/protocol/errors";
import type { CommandFrame, ServerFrameOf } from "@parley/protocol/frames";
import { backoff } from "./backoff.ts";
import type { ClientClock } from "./client.ts";

/** A command as it is written down before it has a number. */
export type Command = { [C in CommandName]: { t: C } & Args<C> }[CommandName];

/** The answer to a command: its result, or why there is none. */
export type Answer = { ok: unknown } | { refused: ChatError };

/** How often an internal error is taken for a passing one. */
export const PATIENCE = 5;

export interface CallsParts {
  clock: ClientClock;
  random: () => number;
  /** False where there is no line. */
  send(frame: CommandFrame): boolean;
}

interface Waiting {
  frame: CommandFrame;
  /** Sent again on the next line, until it is answered. */
  lasting: boolean;
  answered(answer: Answer | null): void;
  attempts: number;
  cancel: (() => void) | null;
}

/** Commands that wait for their answer, oldest first. */
export class Calls {
  readonly #parts: CallsParts;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(parts: CallsParts) {
    this.#parts = parts;
  }

  /** Sends a command now, and again after every lost line and every passing refusal, until it is answered. */
  ask<C extends CommandName>(command: C, args: Args<C>): Promise<Result<C>> {
    return new Promise((resolve, reject) => {
      const answered = (answer: Answer | null) => {
        if (answer && "ok" in answer) resolve(answer.ok as Result<C>);
        else reject(answer?.refused ?? new ChatError("unavailable"));
      };
      const id = this.#add({ t: command, ...args } as unknown as Command, true, answered);
      this.#send(id);
    });
  }

  /** Sends a command on this line only. The result is its number: null where there is no line, and then no answer. */
  once(command: Command, answered: (answer: Answer | null) => void): number | null {
    const id = this.#add(command, false, answered);
    if (this.#send(id)) return id;
    this.#waiting.delete(id);
    return null;
  }

  /** The same, for a frame that its caller puts on the line. */
  numbered(command: Command, answered: (answer: Answer | null) => void): CommandFrame {
    return (this.#waiting.get(this.#add(command, false, answered)) as Waiting).frame;
  }

  receive(frame: ServerFrameOf<"ok"> | ServerFrameOf<"error">): void {
    const id = frame.id;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || !waiting) return;
    if (frame.t === "ok") return this.#settle(id, { ok: frame.result });
    const error = new ChatError(frame.code, frame.message, frame.retry_after);
    if (waiting.lasting && mayPass(error, ++waiting.attempts)) this.#retry(id, waiting, error);
    else this.#settle(id, { refused: error });
  }

  /** The line is up again: sends what lasts, in the order in which it was asked. */
  resend(): void {
    for (const { frame, cancel } of this.#waiting.values()) {
      if (!cancel) this.#parts.send(frame);
    }
  }

  lost(): void {
    for (const [id, waiting] of [...this.#waiting]) if (!waiting.lasting) this.#settle(id, null);
  }

  /** Refuses everything that waits. */
  abandon(error: ChatError): void {
    for (const [id, waiting] of [...this.#waiting]) {
      waiting.cancel?.();
      this.#settle(id, { refused: error });
    }
  }

  #add(command: Command, lasting: boolean, answered: Waiting["answered"]): number {
    const id = ++this.#lastId;
    this.#waiting.set(id, { frame: { ...command, id }, lasting, answered, attempts: 0, cancel: null });
    return id;
  }

  #send(id: number): boolean {
    const waiting = this.#waiting.get(id);
    return waiting !== undefined && this.#parts.send(waiting.frame);
  }

  #retry(id: number, waiting: Waiting, error: ChatError): void {
    waiting.cancel = this.#parts.clock.after(pause(error, waiting.attempts, this.#parts.random), () => {
      waiting.cancel = null;
      this.#send(id);
    });
  }

  #settle(id: number, answer: Answer | null): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.answered(answer);
  }
}

/** May the same command succeed later? An internal error that stays is not taken for a passing one. */
export function mayPass(error: ChatError, attempts: number): boolean {
  return ERRORS[error.code]?.retry === true && (error.code !== "internal" || attempts <= PATIENCE);
}

/** How long to wait after a passing refusal. */
export function pause(error: ChatError, attempts: number, random: () => number): number {
  return Math.max(error.retryAfter ?? 0, backoff(attempts - 1, random));
}
