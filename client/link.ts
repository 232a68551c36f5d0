import type { ClientFrame, ServerFrame } from "@parley/protocol/frames";
import { Batch } from "./batch.ts";

/** What one socket tells its owner. `closed` is the last, and comes at most once. */
export interface LinkEvents {
  opened(): void;
  received(frame: ServerFrame): void;
  closed(code: number, reason: string): void;
  riding(): ClientFrame[];
}

/** One socket: frames in, batches out. */
export class Link {
  readonly #socket: WebSocket;
  readonly #events: LinkEvents;
  readonly #batch: Batch;
  #over = false;

  constructor(Socket: typeof WebSocket, url: string, events: LinkEvents) {
    this.#events = events;
    this.#socket = new Socket(url);
    this.#batch = new Batch(
      (text) => this.#write(text),
      () => (this.#over ? [] : events.riding()),
    );
    this.#socket.onopen = () => this.#over || events.opened();
    this.#socket.onmessage = ({ data }) => this.#over || this.#read(data);
    this.#socket.onclose = ({ code, reason }) => this.#end(code, reason);
    // A close event follows; without a listener some platforms throw.
    this.#socket.onerror = () => {};
  }

  send(frame: ClientFrame): void {
    if (!this.#over) this.#batch.add(frame);
  }

  /**
   * Sends what was to leave in this turn, and ends the socket without another event: a dead line would not answer the
   * closing handshake either.
   */
  drop(): void {
    this.#batch.finish();
    this.#over = true;
    this.#socket.close();
  }

  #write(text: string): void {
    if (!this.#over && this.#socket.readyState === 1) this.#socket.send(text);
  }

  #read(data: unknown): void {
    const frames = parsed(data);
    if (frames === null) return this.#broken();
    for (const frame of frames) {
      if (this.#over) return;
      this.#events.received(frame);
    }
  }

  #broken(): void {
    this.#socket.close();
    this.#end(1002, "The server sent something that is no batch of frames.");
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.closed(code, reason);
  }
}

function parsed(data: unknown): ServerFrame[] | null {
  try {
    const frames: unknown = JSON.parse(String(data));
    return Array.isArray(frames) ? frames : null;
  } catch {
    return null;
  }
}
