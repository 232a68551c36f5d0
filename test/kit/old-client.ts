import { connect, type Socket } from "node:net";
import { checkOldFrame } from "./documents.ts";
import { socketTo } from "./socket.ts";

/** How long a frame may take before a transcript has failed. Milliseconds. */
const PATIENCE = 5_000;
/** How long silence must last to count. Milliseconds. */
const SILENCE = 150;

/** A client of one of the old protocols: says text, and remembers what it heard, frame by frame, all as documented. */
export class OldClient {
  readonly heard: string[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #socket: WebSocket;
  #read = 0;
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") checkOldFrame(socket.url, data);
      this.heard.push(typeof data === "string" ? data : "<binary>");
      this.#wake();
    };
    socket.onclose = ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wake();
    };
  }

  /** Resolves once the socket is open, or closed without having been. `ca` is an authority to trust. */
  static async open(url: string, ca?: string): Promise<OldClient> {
    const socket = socketTo(url.replace(/^http/, "ws"), ca);
    const client = new OldClient(socket);
    await new Promise<void>((resolve) => {
      socket.onopen = () => resolve();
      socket.addEventListener("close", () => resolve());
    });
    return client;
  }

  say(message: string | object | Uint8Array): void {
    const whole = typeof message === "string" || message instanceof Uint8Array;
    this.#socket.send(whole ? (message as string) : JSON.stringify(message));
  }

  /** The next frame that was not read yet. Throws where none comes, or the socket ends first. */
  async next(): Promise<string> {
    const late = Date.now() + PATIENCE;
    while (this.heard.length <= this.#read) {
      if (this.closed) throw new Error(`Closed with ${this.closed.code} "${this.closed.reason}" and no frame.`);
      if (Date.now() > late) throw new Error(`No frame came; heard so far: ${JSON.stringify(this.heard)}`);
      await this.#moved();
    }
    return this.heard[this.#read++] as string;
  }

  /** The next frame, parsed. */
  async json<T = Record<string, unknown>>(): Promise<T> {
    return JSON.parse(await this.next()) as T;
  }

  /** Everything that came and was not read yet, after a while in which nothing came. */
  async rest(): Promise<string[]> {
    await Bun.sleep(SILENCE);
    const rest = this.heard.slice(this.#read);
    this.#read = this.heard.length;
    return rest;
  }

  /** How the server closed it. */
  async end(): Promise<{ code: number; reason: string }> {
    const late = Date.now() + PATIENCE;
    while (!this.closed) {
      if (Date.now() > late) throw new Error("It was not closed.");
      await this.#moved();
    }
    return this.closed;
  }

  /** Leaves as a page does that is closed. Resolves when the server agreed. */
  async leave(code?: number): Promise<void> {
    this.#socket.close(code);
    await this.end();
  }

  /** Is gone without a word. */
  drop(): void {
    (this.#socket as WebSocket & { terminate(): void }).terminate();
  }

  #moved(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 50);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A frame with its time left out: what a transcript can say literally. */
export function timeless(frame: string): string {
  return frame.replace(/"timestamp":("[^"]*"|[\d.]+)/, '"timestamp":…');
}

/** A client whose machine died: its connection stands, and nothing is read or answered. The result ends it. */
export function frozen(url: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const { socket } = begun(url, {});
    socket.on("error", reject);
    socket.once("data", () => {
      socket.pause();
      resolve(() => void socket.destroy());
    });
  });
}

/** What a handshake is answered with: its status and its body. */
export function handshake(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { socket, path } = begun(url, headers);
    let text = "";
    socket.setTimeout(PATIENCE, () => reject(new Error(`No answer to a handshake for ${path}.`)));
    socket.on("error", reject);
    socket.on("data", (data) => {
      text += data.toString("latin1");
      const [head = "", body = ""] = text.split("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      const status = Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1] ?? 0);
      if (!text.includes("\r\n\r\n") || (status !== 101 && body.length < length)) return;
      socket.destroy();
      resolve({ status, body: status === 101 ? "" : body });
    });
  });
}

function begun(url: string, headers: Record<string, string>): { socket: Socket; path: string } {
  const { hostname, port, pathname, search } = new URL(url);
  const path = pathname + search;
  const socket = connect(Number(port), hostname);
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${more.join("")}\r\n`,
  );
  return { socket, path };
}
