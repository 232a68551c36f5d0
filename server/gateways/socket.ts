import { CLOSES, type CloseName } from "@parley/protocol/closes";
import type { Opening, Session, Socket } from "./dialect.ts";

const SMALL = 64 * 1024;
/** The longest reason that a close may carry, in bytes. */
const REASON_BYTES = 123;

/** A Bun socket as the core sees it. What is sent to it and what is published to its topics keep their order. */
export class BunSocket implements Socket {
  session: Session | null = null;
  #ws: Bun.ServerWebSocket<BunSocket> | null = null;
  #waiting: (() => void)[] | null = null;
  #heard: (() => void)[] | null = null;
  #open: Opening | null;
  readonly address: string;
  readonly connection: string;
  /** Since when it is open. Milliseconds of the clock that only goes forward. */
  readonly since = performance.now();
  /** Has nobody said yet who this is? */
  greeting = true;

  constructor(address: string, connection: string, open: Opening) {
    this.address = address;
    this.connection = connection;
    this.#open = open;
  }

  opened(ws: Bun.ServerWebSocket<BunSocket>): Session {
    this.#ws = ws;
    const session = (this.#open as Opening)(this);
    this.#open = null;
    this.session = session;
    return session;
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

  ping(): void {
    this.#ws?.ping();
  }

  alive(ms: number): Promise<boolean> {
    if (!this.#ws) return Promise.resolve(false);
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), ms);
      this.#heard ??= [];
      this.#heard.push(() => {
        clearTimeout(late);
        resolve(true);
      });
      this.ping();
    });
  }

  /** The other side answered a ping. */
  ponged(): void {
    this.session?.ponged?.();
    const heard = this.#heard ?? [];
    this.#heard = null;
    for (const resolve of heard) resolve();
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

  end(code: number, reason: string): void {
    this.#ws?.close(code, Buffer.byteLength(reason) > REASON_BYTES ? "" : reason);
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
