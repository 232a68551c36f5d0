import { ChatError } from "@parley/protocol/errors";

type Step = (placed: () => void) => Promise<void> | undefined;

/** What one socket sends is done in its order: the next begins once the place of the one before it is certain. */
export class Lane {
  readonly #limits: { pendingBytes: number; pendingCommands: number };
  #last: Promise<void>;
  #bytes = 0;
  #count = 0;
  #stopped = false;

  /** Nothing begins before `after`. */
  constructor(limits: { pendingBytes: number; pendingCommands: number }, after: Promise<void> = Promise.resolve()) {
    this.#limits = limits;
    this.#last = after;
  }

  /** Nothing more is accepted; what was accepted is still carried out. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Does this in its turn, which is over once `placed` was called, or it is done. Resolves when it is done, or its
   * error was refused. Throws `too_fast` where too much waits, and `unavailable` after `stop`.
   */
  take(bytes: number, step: Step, refuse: (error: unknown) => void): Promise<void> {
    const { pendingBytes, pendingCommands } = this.#limits;
    if (this.#stopped) throw new ChatError("unavailable");
    if (this.#bytes + bytes > pendingBytes || this.#count >= pendingCommands) throw new ChatError("too_fast");
    return this.#inTurn(bytes, step, refuse);
  }

  /** Does this once everything that was taken so far has its place. */
  async behind(step: () => void): Promise<void> {
    await this.#last;
    step();
  }

  async #inTurn(bytes: number, step: Step, refuse: (error: unknown) => void): Promise<void> {
    this.#bytes += bytes;
    this.#count += 1;
    const turn = this.#last;
    const { promise, resolve: placed } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await turn;
      await step(placed);
    } catch (error) {
      refuse(error);
    } finally {
      placed();
      this.#bytes -= bytes;
      this.#count -= 1;
    }
  }
}
