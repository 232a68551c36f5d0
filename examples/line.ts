import { createInterface } from "node:readline";

interface Ways {
  heard(frame: string): void;
  opened?(): void;
}

/** Closes that will not be any better next time: the name is taken or wrong, the room is deleted or not there. */
const FOR_GOOD = [1000, 1008, 4004];
const [FIRST_WAIT, LONGEST_WAIT, STEADY] = [500, 20_000, 10_000];

/** A socket that comes back by itself: each wait may be twice as long as the one before, and chance spreads them. */
export class Line {
  readonly #url: string;
  readonly #ways: Ways;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #unsent: string[] = [];
  #left = false;

  constructor(url: string, ways: Ways) {
    this.#url = url;
    this.#ways = ways;
    this.#connect();
  }

  /** Sends it now, or as soon as there is a line again. */
  send(frame: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(frame);
    else this.#unsent.push(frame);
  }

  /** Goes, and does not come back. */
  leave(): void {
    this.#left = true;
    this.#socket?.close();
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    let since = Number.POSITIVE_INFINITY;
    socket.onopen = () => {
      since = Date.now();
      this.#ways.opened?.();
      for (const frame of this.#unsent.splice(0)) socket.send(frame);
    };
    socket.onmessage = ({ data }) => this.#ways.heard(String(data));
    socket.onclose = ({ code, reason }) => {
      if (this.#left) return;
      if (FOR_GOOD.includes(code)) end(`Closed with ${code}: ${reason}`);
      if (Date.now() - since >= STEADY) this.#attempt = 0;
      this.#wait();
    };
  }

  #wait(): void {
    const wait = Math.random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#attempt);
    this.#attempt += 1;
    console.log(`(no line; trying again in ${Math.round(wait)} ms)`);
    setTimeout(() => !this.#left && this.#connect(), wait);
  }
}

/** The server, as `http://…`, and what else was given; each with what it is when it was not. */
export function given<Names extends string[]>(...usual: Names): { http: string; ws: string; rest: string[] } {
  const [server = "http://localhost:8000", ...others] = process.argv.slice(2);
  const http = server.replace(/\/$/, "");
  return { http, ws: http.replace(/^http/, "ws"), rest: usual.map((value, at) => others[at] ?? value) };
}

/** Says every line that is typed, and leaves at the end of them. */
export async function talk(line: Line, say: (text: string) => void): Promise<void> {
  for await (const text of createInterface({ input: process.stdin })) say(text);
  line.leave();
}

/** Ends the program with a reason. */
export function end(why: string): never {
  console.error(why);
  process.exit(1);
}
