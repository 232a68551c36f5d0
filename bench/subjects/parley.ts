import { freePort, temporaryFolder } from "../../test/kit/process.ts";
import { frame, handshake, MARKED, NUMBER, type Running, SERIAL, type Shape, type Subject, WHO } from "../subject.ts";
import { answers, serving } from "./process.ts";

/** So that nothing but what is measured happens. The load generator answers no beats, and has one address. */
const QUIET = {
  PARLEY_RATE_LIMITS: "off",
  PARLEY_MAX_STRANGERS: "1000000",
  PARLEY_BEAT_MS: "600000",
  LOG_LEVEL: "warn",
};

/** A Parley with a data folder of its own unless it is given one, and a person who made its rooms. */
export class OwnParley {
  readonly port: number;
  readonly pid: number;
  readonly #end: () => Promise<void>;

  private constructor(port: number, pid: number, end: () => Promise<void>) {
    this.port = port;
    this.pid = pid;
    this.#end = end;
  }

  static async start(core: number, data?: string): Promise<OwnParley> {
    const port = await freePort();
    const folder = data === undefined ? temporaryFolder() : null;
    const settings = { ...QUIET, HOST: "127.0.0.1", PORT: `${port}`, PARLEY_DATA: data ?? folder?.path ?? "" };
    const child = await serving([process.execPath, "--no-install", "server/main.ts"], port, core, settings);
    // Its ports are tried before anything else, and closed again.
    await answers(`http://127.0.0.1:${port}/ready`);
    return new OwnParley(port, child.pid, async () => {
      await child.end();
      folder?.remove();
    });
  }

  /** Makes as many public rooms; their numbers. */
  async rooms(count: number): Promise<number[]> {
    const token = secret(-1);
    await this.#ask("/api/guests", { name: "The Builder", secret: token });
    const rooms: number[] = [];
    for (let nth = 0; nth < count; nth++) {
      const { conversation } = await this.#ask("/api/rooms", { name: `Room ${nth}`, key: `room-${nth}` }, token);
      rooms.push(conversation.id);
    }
    return rooms;
  }

  stop(): Promise<void> {
    return this.#end();
  }

  async #ask(path: string, body: object, token?: string): Promise<{ conversation: { id: number } }> {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const url = `http://127.0.0.1:${this.port}${path}`;
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as { conversation: { id: number } };
  }
}

/** Parley with SQLite: every delivery is durable first. */
export const parley: Subject = {
  name: "parley",
  about: "Parley, its own protocol, SQLite, every message durable first",
  missing: async () => null,
  async start({ rooms, members }: Shape, core): Promise<Running> {
    const own = await OwnParley.start(core);
    const ids = await own.rooms(rooms);
    return {
      pids: [own.pid],
      member: (n) => {
        const conversation = ids[Math.floor(n / members)];
        const hello = { t: "hello", version: 1, guest: { name: `Speaker ${spelled(n)}`, secret: secret(n) } };
        const join = { t: "join", id: 1, key: `join-${n}`, conversation };
        return {
          port: own.port,
          steps: [
            handshake("/socket"),
            { send: frame(JSON.stringify([hello])), until: '"caught_up"' },
            { send: frame(JSON.stringify([join])), until: '"t":"ok","id":1' },
          ],
          post: postIn(conversation as number),
        };
      },
      stop: () => own.stop(),
    };
  },
};

/** A message to a conversation, with a key that begins like this, as long as those of real clients. */
export function postIn(conversation: number, begin = "mubb"): Uint8Array {
  const key = `${begin}${SERIAL}-${WHO}`;
  return frame(`[{"t":"post","id":${NUMBER},"key":"${key}","conversation":${conversation},"text":"${MARKED}"}]`);
}

/** What the person with this number proves themselves with. */
export function secret(n: number): string {
  return `bench-secret-${`${n + 1}`.padStart(12, "0")}-0123456789abcdef`;
}

/** Digits as letters that do not look alike, for names that nobody takes for each other. */
export function spelled(n: number): string {
  return [...`${n}`].map((digit) => "abcdefghkw"[Number(digit)]).join("");
}
