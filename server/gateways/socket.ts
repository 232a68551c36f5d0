import { CLOSES, type CloseName } from "@parley/protocol/closes";
import type { Session, Socket } from "./dialect.ts";

const SMALL = 64 * 1024;

/** A Bun socket as the core sees it. What is sent to it and what is published to its topics keep their order. */
export class BunSocket implements Socket {
  session: Session | null = null;
  #ws: Bun.ServerWebSocket<BunSocket> | null = null;
  #waiting: (() => void)[] | null = null;
  readonly address: string;
  /** Has nobody said yet who this is? */
  greeting = true;

  constructor(address: string) {
    this.address = address;
  }

  opened(ws: Bun.ServerWebSocket<BunSocket>): void {
    this.#ws = ws;
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
    return new Promise((resolve) => {
      this.#waiting ??= [];
      this.#waiting.push(resolve);
    });
  }

  /** Room in the socket's buffer again. */
  drain(): void {
    if (this.waiting() <= SMALL) this.#wake();
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
    this.#wake();
    this.session?.closed();
  }

  #wake(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const resolve of waiting) resolve();
  }
}
