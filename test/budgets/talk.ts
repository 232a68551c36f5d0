import { fileURLToPath } from "node:url";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

const TEXT = "A message of the usual length, which is about eighty characters or a few more.";
/** Messages after which nothing is met for the first time: tails are full, statements are prepared. */
const WARM = 2_000;
const COUNTED = 2_000;

export interface Talk {
  listeners: number;
  /** Messages that are said in one go; the next ones once everybody heard them. */
  batch: number;
  /** All objects that are made, or those that are still there afterwards. */
  objects: "made" | "kept";
}

/** How many more objects a server of its own has for each message that one person says in a room. */
export async function objectsPerMessage({ listeners, batch, objects }: Talk): Promise<number> {
  const folder = temporaryFolder();
  const collecting: Record<string, string> = objects === "made" ? { BUN_JSC_useGC: "0" } : {};
  const server = new ServerProcess({
    port: await freePort(),
    data: folder.path,
    env: { BUN_JSC_useJIT: "0", PARLEY_BEAT_MS: "60000", ...collecting },
    preload: fileURLToPath(new URL("objects.ts", import.meta.url)),
  });
  const room = new Room(server);
  try {
    await server.start();
    await room.fill(listeners);
    await room.say(WARM, batch);
    const before = await objectsOf(server);
    await room.say(COUNTED, batch);
    return ((await objectsOf(server)) - before) / COUNTED;
  } finally {
    room.leave();
    await server.kill();
    folder.remove();
  }
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
  readonly #sockets: { socket: WebSocket; heard: number }[] = [];
  #room = 0;
  #said = 0;

  constructor(server: ServerProcess) {
    this.#server = server;
  }

  async fill(listeners: number): Promise<void> {
    for (let at = 0; at <= listeners; at++) {
      const secret = `secret-${at}`.padEnd(32, "-");
      const name = `Person ${[...`${at}`].map((digit) => "abcdefghkw"[Number(digit)]).join("")}`;
      await this.#ask("/api/guests", { name, secret });
      if (at > 0) await this.#ask(`/api/conversations/${this.#room}/join`, { key: "join" }, secret);
      else this.#room = (await this.#ask("/api/rooms", { name: "Kitchen", key: "room" }, secret)).conversation.id;
      await this.#enter(secret);
    }
  }

  async say(messages: number, batch: number): Promise<void> {
    const [author] = this.#sockets;
    for (const end = this.#said + messages; this.#said < end; ) {
      const posts = Array.from({ length: batch }, () => {
        const id = ++this.#said;
        return { t: "post", id, key: `key-${id}`.padEnd(22, "-"), conversation: this.#room, text: TEXT };
      });
      author?.socket.send(JSON.stringify(posts));
      while (this.#sockets.some(({ heard }) => heard < this.#said)) await Bun.sleep(1);
    }
  }

  leave(): void {
    for (const { socket } of this.#sockets) socket.close();
  }

  #enter(token: string): Promise<void> {
    const seat = { socket: new WebSocket(`${this.#server.url.replace("http", "ws")}/socket`), heard: 0 };
    this.#sockets.push(seat);
    return new Promise((resolve, reject) => {
      seat.socket.onerror = () => reject(new Error("A socket did not open."));
      seat.socket.onopen = () => seat.socket.send(JSON.stringify([{ t: "hello", version: 1, token }]));
      seat.socket.onmessage = ({ data }) => {
        seat.heard += String(data).split('"kind":"message"').length - 1;
        if (String(data).includes('"t":"caught_up"')) resolve();
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
