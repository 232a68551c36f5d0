/** How far something is. */
export interface Step {
  /** One word for what is done now. */
  phase: string;
  /** From 0 to 1. */
  done: number;
  /** More words, for people. */
  about: string;
}

const EVERY_MS = 5_000;
const WIDTH = 24;

/** Shows how far something is: a bar on a terminal, elsewhere a line now and then. */
export class ProgressBar {
  readonly #write: (text: string) => void;
  readonly #terminal: boolean;
  #phase = "";
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(stream: { isTTY?: boolean; write(text: string): unknown }) {
    this.#write = (text) => void stream.write(text);
    this.#terminal = stream.isTTY === true;
  }

  told({ phase, done, about }: Step): void {
    const now = performance.now();
    const news = phase !== this.#phase;
    if (!this.#terminal && !news && now - this.#toldAt < EVERY_MS) return;
    this.#phase = phase;
    this.#toldAt = now;
    const filled = Math.round(done * WIDTH);
    const bar = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}`;
    const text = `${phase.padEnd(14)} ${this.#terminal ? bar : `${Math.round(done * 100)} %`}  ${about}`;
    this.#write(this.#terminal ? `\r\x1b[K${text}` : `${text}\n`);
  }

  end(): void {
    if (this.#terminal) this.#write("\r\x1b[K");
  }
}
