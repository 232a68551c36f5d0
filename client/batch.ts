import type { ClientFrame } from "@parley/protocol/frames";

const MAX_BYTES = 100 * 1024;
const encoder = new TextEncoder();

/** Size on the wire. */
export function wireBytes(text: string): number {
  return encoder.encode(text).length;
}

/** Frames of one turn, sent together as JSON arrays of bounded size, in the order in which they were added. */
export class Batch {
  readonly #write: (text: string) => void;
  readonly #riding: () => ClientFrame[];
  #frames: ClientFrame[] = [];

  /** `riding` is asked, when something is about to leave, for what may leave with it. */
  constructor(write: (text: string) => void, riding: () => ClientFrame[]) {
    this.#write = write;
    this.#riding = riding;
  }

  add(frame: ClientFrame): void {
    this.#frames.push(frame);
    if (this.#frames.length === 1) queueMicrotask(() => this.#flush());
  }

  /** Sends at once what was added, and nothing with it. */
  finish(): void {
    if (this.#frames.length > 0) this.#send(this.#frames);
  }

  #flush(): void {
    if (this.#frames.length > 0) this.#send([...this.#frames, ...this.#riding()]);
  }

  #send(frames: readonly ClientFrame[]): void {
    this.#frames = [];
    for (const text of packed(frames)) this.#write(text);
  }
}

/** JSON arrays of at most about 100 KiB each; a frame that is larger by itself travels alone. */
export function packed(frames: readonly object[]): string[] {
  const texts: string[] = [];
  let parts: string[] = [];
  let bytes = 0;
  for (const frame of frames) {
    const part = JSON.stringify(frame);
    const size = wireBytes(part) + 1;
    if (parts.length > 0 && bytes + size > MAX_BYTES) {
      texts.push(`[${parts.join(",")}]`);
      parts = [];
      bytes = 0;
    }
    parts.push(part);
    bytes += size;
  }
  if (parts.length > 0) texts.push(`[${parts.join(",")}]`);
  return texts;
}
