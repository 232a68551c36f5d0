import { backoff } from "@parley/client/backoff";

/** Where a line is; `until` is the time of the next attempt. */
export type LineState =
  | { is: "connecting" }
  | { is: "open" }
  | { is: "waiting"; until: number }
  | { is: "ended"; why: string };

export interface LineParts {
  /** The path of the socket, on the server that this page came from. */
  path: string;
  heard(frame: string): void;
  changed(state: LineState): void;
  /** Why this close is for good, in a sentence; null where another attempt makes sense. */
  forGood(code: number, reason: string): string | null;
}

/** A line that was open for so long starts its waits anew. */
const STEADY = 10_000;
/** Whoever was never let in is not asked for longer than this. */
const ATTEMPTS = 6;
const NOT_LET_IN = "Nobody let you in. Perhaps this name is somebody's or is not allowed, or the server is not there.";

/** One socket after the other to the same place, with longer and longer waits between those that fail. */
export class Line {
  readonly #parts: LineParts;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #wasOpen = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: LineParts) {
    this.#parts = parts;
    addEventListener("online", this.tryNow);
    this.#connect();
  }

  /** False where nothing can be sent now. */
  send(frame: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(frame);
    return true;
  }

  /** Waits no longer. */
  readonly tryNow = (): void => {
    if (!this.#socket) this.#connect();
  };

  /** Nothing is heard or tried any more. */
  close(): void {
    removeEventListener("online", this.tryNow);
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#parts.changed({ is: "connecting" });
    const socket = new WebSocket(this.#parts.path);
    this.#socket = socket;
    let since = Number.POSITIVE_INFINITY;
    socket.onopen = () => {
      since = Date.now();
      this.#wasOpen = true;
      this.#parts.changed({ is: "open" });
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.#parts.heard(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (Date.now() - since >= STEADY) this.#attempt = 0;
      this.#lost(code, reason);
    };
  }

  #lost(code: number, reason: string): void {
    this.#socket = null;
    const why = this.#parts.forGood(code, reason) ?? (this.#isHopeless() ? NOT_LET_IN : null);
    if (why !== null) {
      this.close();
      this.#parts.changed({ is: "ended", why });
      return;
    }
    const wait = backoff(this.#attempt, Math.random);
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#parts.changed({ is: "waiting", until: Date.now() + wait });
  }

  #isHopeless(): boolean {
    return !this.#wasOpen && this.#attempt >= ATTEMPTS - 1;
  }
}
