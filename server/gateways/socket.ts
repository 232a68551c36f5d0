import { CLOSES, type CloseName } from "@parley/protocol/closes";
import type { Session, Socket } from "./dialect.ts";

const SMALL = 64 * 1024;

/** A Bun socket as the core sees it. What is sent to it and what is published to its topics keep their order. */
export class BunSocket implements Socket {
  session: Session | null = null;
  #ws: Bun.ServerWebSocket<BunSocket> | null = null;
  #waiting: (() => void)[] = [];
  #ended: () => void = () => {};
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  /** `ended` is called when the socket is gone. */
  opened(ws: Bun.ServerWebSocket<BunSocket>, ended: () => void): void {
    this.#ws = ws;
    this.#ended = ended;
  }

  subscribe(topic: string): void {
    this.#ws?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#ws?.unsubscribe(topic);
  }

  send(payload: string): void {
    this.#ws?.send(payload);
  }

  waiting(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  drained(): Promise<void> {
    if (this.waiting() <= SMALL) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Room in the socket's buffer again. */
  drain(): void {
    if (this.waiting() <= SMALL) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  close(why: CloseName): void {
    const { code, reason } = CLOSES[why];
    this.#ws?.close(code, reason);
  }

  /** Ends the connection without waiting for the other side. */
  terminate(): void {
    this.#ws?.terminate();
  }

  closed(): void {
    this.#ws = null;
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#ended();
    this.session?.closed();
  }
}
