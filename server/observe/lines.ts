import type { Clock } from "../core/ports.ts";

/** Where lines end up. */
export interface Sink {
  /** Writes as many of these lines as go in one piece, and says how many: rejects where it wrote none of them. */
  append(lines: readonly string[]): Promise<number>;
  /** The same without waiting, as far as possible: the process is about to end. */
  appendNow(lines: readonly string[]): void;
}

export interface LinesParts {
  sink: Sink;
  clock: Clock;
  /** Characters that may wait; what comes beyond them is dropped and counted. */
  most: number;
  /** The line that says how many were dropped before it. */
  notice(dropped: number): string;
  /** Told once when writing begins to fail, and never again before it succeeded. */
  failed(error: unknown): void;
  dropped(lines: number): void;
}

/** Milliseconds in which lines gather, so that a busy second costs few writes; and before a failed write is tried again. */
const GATHER = 50;
const AGAIN = 1_000;

/**
 * Lines on their way to a slow or broken place. Writing one costs its place in a list: it never waits, never throws, and
 * takes no more memory than was given. What did not fit is counted, and said as soon as something fits again.
 */
export class Lines {
  readonly #parts: LinesParts;
  #waiting: string[] = [];
  #size = 0;
  #lost = 0;
  #failing = false;
  /** The end of what is being written, and its lines. */
  #writing: Promise<void> | null = null;
  #inHand: string[] = [];
  #cancel: (() => void) | null = null;

  constructor(parts: LinesParts) {
    this.#parts = parts;
  }

  write(line: string): void {
    // Characters are counted, not bytes: that costs nothing, and what they take in memory is what is to be bounded.
    if (this.#size + line.length > this.#parts.most) return this.#drop();
    this.#waiting.push(line);
    this.#size += line.length;
    if (!this.#writing && !this.#cancel) this.#soon(GATHER);
  }

  /** Resolves when everything was written that could be; a place that fails keeps nobody waiting. */
  async flush(): Promise<void> {
    while (this.#writing || this.#hasNews()) {
      this.#cancel?.();
      this.#cancel = null;
      await (this.#writing ?? this.#write());
      if (this.#failing) return;
    }
  }

  /** Everything at once: there will be no later. What is being written just now may stand there twice. */
  flushNow(): void {
    const lines = this.#inHand.concat(this.#take());
    this.#inHand = [];
    try {
      if (lines.length > 0) this.#parts.sink.appendNow(this.#withNotice(lines, this.#lost));
    } catch {
      // Nobody is left to be told.
    }
  }

  #drop(): void {
    this.#lost += 1;
    this.#parts.dropped(1);
  }

  #hasNews(): boolean {
    return this.#waiting.length > 0 || this.#lost > 0;
  }

  #soon(ms: number): void {
    this.#cancel = this.#parts.clock.after(ms, () => {
      this.#cancel = null;
      void this.#write();
    });
  }

  #write(): Promise<void> {
    const lost = this.#lost;
    const lines = this.#take();
    this.#inHand = lines;
    this.#writing = this.#parts.sink.append(this.#withNotice(lines, lost)).then(
      (written) => this.#wrote(lines, written, lost),
      (error) => this.#keep(lines, error),
    );
    return this.#writing;
  }

  /** What waits. Its bytes count until it is written. */
  #take(): string[] {
    const lines = this.#waiting;
    this.#waiting = [];
    return lines;
  }

  /** Lines are dropped when no more may wait: what was dropped came after all that waits. */
  #withNotice(lines: readonly string[], lost: number): readonly string[] {
    return lost > 0 ? [...lines, this.#parts.notice(lost)] : lines;
  }

  #wrote(lines: string[], written: number, lost: number): void {
    this.#writing = null;
    this.#inHand = [];
    this.#failing = false;
    if (written > lines.length) this.#lost -= lost;
    for (const line of lines.splice(0, written)) this.#size -= line.length;
    if (lines.length > 0) this.#waiting = lines.concat(this.#waiting);
    if (this.#hasNews()) this.#soon(lines.length > 0 ? 0 : GATHER);
  }

  #keep(lines: string[], error: unknown): void {
    this.#writing = null;
    this.#inHand = [];
    this.#waiting = lines.concat(this.#waiting);
    if (!this.#failing) this.#parts.failed(error);
    this.#failing = true;
    this.#soon(AGAIN);
  }
}
