import { ChatError } from "@parley/protocol/errors";

interface Bounds {
  /** Of what waits to be done. */
  pendingBytes: number;
  pendingCommands: number;
}

/** Does what was asked for. `placed` is called when its place is certain; else it is once this has resolved. */
type CarryOut<Ask> = (ask: Ask, placed: () => void) => Promise<unknown> | undefined;

/** An ask on its way to its turn, or a step that waits for those before it. */
type Turn<Ask> = Asked<Ask> | { step: () => void };

interface Asked<Ask> {
  ask: Ask;
  bytes: number;
  begun?: true;
}

const DONE = Promise.resolve();

/** What one socket sends is done in its order: the next begins once the place of the one before it is certain. */
export class Lane<Ask> {
  readonly #bounds: Bounds;
  readonly #carryOut: CarryOut<Ask>;
  readonly #refuse: (error: unknown) => void;
  /** Those that have no place yet, in their order. Only the first has begun. */
  readonly #waiting: Turn<Ask>[] = [];
  #isOpen = false;
  #isBeginning = false;
  #bytes = 0;
  #count = 0;
  #stopped = false;
  #atRest: PromiseWithResolvers<void> | null = null;

  /** Nothing begins before `open`. Whatever `carryOut` throws is refused. */
  constructor(bounds: Bounds, carryOut: CarryOut<Ask>, refuse: (error: unknown) => void) {
    this.#bounds = bounds;
    this.#carryOut = carryOut;
    this.#refuse = refuse;
  }

  open(): void {
    this.#isOpen = true;
    this.#next();
  }

  /** Nothing more is accepted; what was accepted is still carried out. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when everything that was taken is done, or was refused. */
  get atRest(): Promise<void> {
    if (this.#count === 0) return DONE;
    this.#atRest ??= Promise.withResolvers();
    return this.#atRest.promise;
  }

  /** Carries this out in its turn. Throws `too_fast` where too much waits, and `unavailable` after `stop`. */
  take(ask: Ask, bytes: number): void {
    const { pendingBytes, pendingCommands } = this.#bounds;
    if (this.#stopped) throw new ChatError("unavailable");
    if (this.#bytes + bytes > pendingBytes || this.#count >= pendingCommands) throw new ChatError("too_fast");
    this.#bytes += bytes;
    this.#count += 1;
    this.#waiting.push({ ask, bytes });
    this.#next();
  }

  /** Does this once everything that was taken so far has its place. */
  behind(step: () => void): void {
    this.#waiting.push({ step });
    this.#next();
  }

  /** Begins with what is first, and goes on as long as that has its place at once. */
  #next(): void {
    if (!this.#isOpen || this.#isBeginning) return;
    this.#isBeginning = true;
    for (let turn = this.#waiting[0]; turn; turn = this.#waiting[0]) {
      if ("step" in turn) {
        this.#waiting.shift();
        turn.step();
      } else {
        if (turn.begun) break;
        turn.begun = true;
        void this.#begin(turn);
      }
    }
    this.#isBeginning = false;
  }

  async #begin(turn: Asked<Ask>): Promise<void> {
    try {
      await this.#carryOut(turn.ask, () => this.#placed(turn));
    } catch (error) {
      this.#refuse(error);
    }
    this.#placed(turn);
    this.#bytes -= turn.bytes;
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#atRest?.resolve();
    this.#atRest = null;
  }

  #placed(turn: Asked<Ask>): void {
    if (this.#waiting[0] !== turn) return;
    this.#waiting.shift();
    this.#next();
  }
}
