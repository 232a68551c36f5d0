import type { ClientFrame, CommandFrame, ServerFrame } from "@parley/protocol/frames";

/** The server's end of one socket, played by a test with literal frames. */
export class ServerEnd {
  readonly url: string;
  /** Every batch that the client sent, as text. */
  readonly batches: string[] = [];
  /** Every frame of them. */
  readonly heard: ClientFrame[] = [];
  /** The client ended the socket. */
  ended = false;
  readonly #socket: FakeSocket;

  constructor(url: string, socket: FakeSocket) {
    this.url = url;
    this.#socket = socket;
  }

  accept(): void {
    this.#socket.readyState = 1;
    this.#socket.onopen?.();
  }

  /** Says one batch. */
  say(...frames: ServerFrame[]): void {
    this.sayText(JSON.stringify(frames));
  }

  sayText(data: string): void {
    if (!this.ended) this.#socket.onmessage?.({ data });
  }

  close(code = 1006, reason = ""): void {
    this.#socket.readyState = 3;
    this.#socket.onclose?.({ code, reason });
  }

  take(text: string): void {
    this.batches.push(text);
    this.heard.push(...(JSON.parse(text) as ClientFrame[]));
  }

  /** What was heard of one kind, oldest first. */
  all<T extends ClientFrame["t"]>(t: T): Extract<ClientFrame, { t: T }>[] {
    return this.heard.filter((frame) => frame.t === t) as Extract<ClientFrame, { t: T }>[];
  }

  /** The newest of one kind; fails the test where there is none. */
  last<T extends CommandFrame["t"]>(t: T): Extract<CommandFrame, { t: T }> {
    const frame = this.all(t).at(-1);
    if (!frame) throw new Error(`No ${t} was heard, only: ${this.heard.map((one) => one.t).join(", ")}`);
    return frame as Extract<CommandFrame, { t: T }>;
  }

  answer(t: CommandFrame["t"], result: unknown): void {
    this.say({ t: "ok", id: this.last(t).id, result });
  }
}

class FakeSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #end: ServerEnd;

  constructor(url: string, opened: (end: ServerEnd) => void) {
    this.#end = new ServerEnd(url, this);
    opened(this.#end);
  }

  send(text: string): void {
    this.#end.take(text);
  }

  close(): void {
    this.readyState = 3;
    this.#end.ended = true;
  }
}

/** A WebSocket class whose every socket is put into `ends`. */
export function fakeSockets(ends: ServerEnd[]): typeof WebSocket {
  return class extends FakeSocket {
    constructor(url: string) {
      super(url, (end) => ends.push(end));
    }
  } as unknown as typeof WebSocket;
}
