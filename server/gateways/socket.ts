import { CLOSES, type CloseName } from "@parley/protocol/closes";
import { FULL, type FullAt } from "../core/bucket.ts";
import type { Placed } from "../core/unordered.ts";
import type { Line, Opening, Session, Socket } from "./dialect.ts";

/** The longest reason that a close may carry, in bytes. */
const REASON_BYTES = 123;

/** What all sockets share. */
export interface Shared {
  /** Tells connections of this run of the server from those of others. */
  run: string;
  /** Bytes that may still wait where a socket can take more. */
  small: number;
}

interface Caller {
  network: string;
  cookie: string | null;
}

/** A Bun socket as the core sees it. What is sent to it and what is published to its topics keep their order. */
export class BunSocket implements Socket, Placed {
  session: Session | null = null;
  #ws: Bun.ServerWebSocket<BunSocket> | null = null;
  #waiting: (() => void)[] | null = null;
  /** What waits for the pong of each numbered ping. */
  #heard: Map<number, (alive: boolean) => void> | null = null;
  #pings = 0;
  #closedWith: number | null = null;
  #open: Opening | null;
  readonly network: string;
  readonly cookie: string | null;
  commands: FullAt = FULL;
  /** Its number in this run of the server, which is less to keep than its name. */
  readonly #serial: number;
  readonly #shared: Shared;
  /** Where it stands among all. */
  at = 0;
  /** Since when it is open. Milliseconds of the clock that only goes forward. */
  readonly since = performance.now();
  /** Has nobody said yet who this is? */
  greeting = true;

  constructor({ network, cookie }: Caller, shared: Shared, serial: number, open: Opening) {
    this.network = network;
    this.cookie = cookie;
    this.#shared = shared;
    this.#serial = serial;
    this.#open = open;
  }

  get connection(): string {
    return `${this.#shared.run}-${this.#serial}`;
  }

  opened(ws: Bun.ServerWebSocket<BunSocket>): void {
    this.#ws = ws;
    const session = (this.#open as Opening)(this);
    this.#open = null;
    this.session = session;
    // It may have been accepted only to be closed: then it is gone by now.
    if (this.#closedWith !== null) session.closed(this.#closedWith);
  }

  get isOpen(): boolean {
    return this.#ws !== null;
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

  together(say: (line: Line) => void): void {
    this.#ws?.cork(say);
  }

  ping(): number {
    const ping = ++this.#pings;
    this.#ws?.ping(String(ping));
    return ping;
  }

  alive(ms: number): Promise<boolean> {
    if (!this.#ws) return Promise.resolve(false);
    return new Promise((resolve) => {
      const ping = this.ping();
      const over = (alive: boolean) => {
        clearTimeout(late);
        this.#heard?.delete(ping);
        resolve(alive);
      };
      const late = setTimeout(() => over(false), ms);
      this.#heard ??= new Map();
      this.#heard.set(ping, over);
    });
  }

  /** The other side answered a ping; those with a number are answered with it, by whoever read all before it. */
  ponged(ping: string): void {
    const answered = Number(ping);
    this.session?.ponged?.(answered);
    for (const [number, resolve] of this.#heard ?? []) if (number <= answered) resolve(true);
  }

  waiting(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  drained(): Promise<void> {
    if (this.waiting() <= this.#shared.small) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting ??= [];
      this.#waiting.push(resolve);
    });
  }

  /** Room in the socket's buffer again. */
  drain(): void {
    if (this.waiting() <= this.#shared.small) this.#wake();
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

  closed(code: number): void {
    this.#ws = null;
    this.#closedWith = code;
    this.#wake();
    for (const resolve of this.#heard?.values() ?? []) resolve(false);
    this.session?.closed(code);
  }

  #wake(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const resolve of waiting) resolve();
  }
}
