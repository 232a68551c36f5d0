import { fileURLToPath } from "node:url";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { spelled } from "../kit/spelled.ts";

const TEXT = "A message of the usual length, which is about eighty characters or a few more.";
const AUTHOR = 1_000;

/** How an old client enters, and how it says something. */
interface Old {
  path(name: string, room: number, at: number): string;
  frame: string | object;
  /** What tells the author that a message is said, where it is not the message itself. */
  done?: string;
}

const OLD = {
  messenger: { path: (name) => `/dialects/messenger/ws/chat/${name}`, frame: TEXT },
  broadcast: { path: (name) => `/dialects/broadcast/ws/${name}`, frame: { message: TEXT } },
  rooms: {
    path: (name, room) => `/dialects/rooms/ws/chat/${room}?username=${name}`,
    frame: { type: "message", content: TEXT },
  },
  // Those who listen are devices of one person.
  direct: {
    path: (_, __, at) => `/dialects/direct/ws/${at === 0 ? AUTHOR : AUTHOR + 1}`,
    frame: { recipient_id: AUTHOR + 1, message: TEXT },
    done: '"message_sent"',
  },
  plain: { path: (name) => `/dialects/plain/ws/${name}`, frame: TEXT },
} as const satisfies Record<string, Old>;
export type Way = "native" | keyof typeof OLD;
/** Messages after which nothing is met for the first time: tails are full, statements are prepared. */
const WARM = 1_200;
const COUNTED = 500;
/** The least of so many counts: what happens every few seconds is in hardly one of them. */
const TIMES = 3;

export interface Talk {
  way: Way;
  listeners: number;
  /** Messages that are said in one go; the next ones once everybody heard them. */
  batch: number;
  /** All objects that are made, or those that are still there afterwards. */
  objects: "made" | "kept";
}

/** How many more objects a server of its own has for each message that one person says in a room. */
export async function objectsPerMessage({ way, listeners, batch, objects }: Talk): Promise<number> {
  const folder = temporaryFolder();
  const collecting: Record<string, string> = objects === "made" ? { BUN_JSC_useGC: "0" } : {};
  const server = new ServerProcess({
    port: await freePort(),
    data: folder.path,
    env: { BUN_JSC_useJIT: "0", PARLEY_BEAT_MS: "60000", ...collecting },
    preload: fileURLToPath(new URL("objects.ts", import.meta.url)),
  });
  const room = new Room(server, way);
  try {
    await server.start();
    await room.fill(listeners);
    await room.say(WARM, batch);
    return await leastOf(server, () => room.say(COUNTED, batch));
  } finally {
    room.leave();
    await server.kill();
    folder.remove();
  }
}

/** The fewest objects that came with a message of those that are said several times. */
async function leastOf(server: ServerProcess, say: () => Promise<void>): Promise<number> {
  // Counting makes objects too, and the first time more.
  await objectsOf(server);
  const once = await objectsOf(server);
  let before = await objectsOf(server);
  const counting = before - once;
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < TIMES; time++) {
    await say();
    const now = await objectsOf(server);
    least = Math.min(least, (now - before - counting) / COUNTED);
    before = now;
  }
  return least;
}

/** What objects.ts says in it, once nothing happens any more. */
async function objectsOf(server: ServerProcess): Promise<number> {
  await Bun.sleep(100);
  server.output = "";
  process.kill(server.pid, "SIGUSR2");
  for (;;) {
    const found = /objects: (\d+)\n/.exec(server.output);
    if (found) return Number(found[1]);
    await Bun.sleep(5);
  }
}

/** A room of somebody who talks, and listeners. */
class Room {
  readonly #server: ServerProcess;
  readonly #way: Way;
  readonly #sockets: { socket: WebSocket; heard: number }[] = [];
  #room = 0;
  #said = 0;
  #heard = () => {};

  constructor(server: ServerProcess, way: Way) {
    this.#server = server;
    this.#way = way;
  }

  async fill(listeners: number): Promise<void> {
    const builder = secretOf(-1);
    await this.#ask("/api/guests", { name: "Builder", secret: builder });
    this.#room = (await this.#ask("/api/rooms", { name: "Kitchen", key: "room" }, builder)).conversation.id;
    for (let at = 0; at <= listeners; at++) {
      const name = `person${spelled(at)}`;
      if (this.#way === "native") await this.#enter(name, secretOf(at));
      else await this.#enterOld(OLD[this.#way], name, at);
    }
    // Who came is told to everybody here before anything is counted.
    await Bun.sleep(200);
  }

  async say(messages: number, batch: number): Promise<void> {
    for (const end = this.#said + messages; this.#said < end; ) {
      for (const frame of this.#frames(batch)) this.#sockets[0]?.socket.send(frame);
      while (this.#sockets.some(({ heard }) => heard < this.#said)) {
        await new Promise<void>((resolve) => {
          this.#heard = resolve;
        });
      }
    }
  }

  leave(): void {
    for (const { socket } of this.#sockets) socket.close();
  }

  #frames(batch: number): string[] {
    const from = this.#said;
    this.#said += batch;
    const way = this.#way;
    if (way !== "native") {
      const { frame } = OLD[way];
      return new Array(batch).fill(typeof frame === "string" ? frame : JSON.stringify(frame));
    }
    const posts = Array.from({ length: batch }, (_, at) => {
      const id = from + at + 1;
      return { t: "post", id, key: `key-${id}`.padEnd(22, "-"), conversation: this.#room, text: TEXT };
    });
    return [JSON.stringify(posts)];
  }

  async #enter(name: string, secret: string): Promise<void> {
    await this.#ask("/api/guests", { name, secret });
    await this.#ask(`/api/conversations/${this.#room}/join`, { key: "join" }, secret);
    await this.#open("/socket", secret);
  }

  #enterOld({ path, done }: Old, name: string, at: number): Promise<void> {
    return this.#open(path(name, this.#room, at), null, at === 0 ? done : undefined);
  }

  /** Resolves once something was heard; with a token once all was. `mark` stands in each message that is heard. */
  #open(path: string, token: string | null, mark = TEXT): Promise<void> {
    const seat = { socket: new WebSocket(this.#server.url.replace("http", "ws") + path), heard: 0 };
    this.#sockets.push(seat);
    return new Promise((resolve, reject) => {
      seat.socket.onerror = () => reject(new Error("A socket did not open."));
      seat.socket.onopen = () =>
        token !== null && seat.socket.send(JSON.stringify([{ t: "hello", version: 1, token }]));
      seat.socket.onmessage = ({ data }) => {
        seat.heard += String(data).split(mark).length - 1;
        this.#heard();
        if (token === null || String(data).includes('"t":"caught_up"')) resolve();
      };
    });
  }

  async #ask(path: string, body: object, token?: string): Promise<{ conversation: { id: number } }> {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(this.#server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as { conversation: { id: number } };
  }
}

function secretOf(at: number): string {
  return `secret-${at}`.padEnd(32, "-");
}
