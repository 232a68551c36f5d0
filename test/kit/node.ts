import type { ServerFrame } from "@parley/protocol/frames";
import { PROTOCOL_VERSION } from "@parley/protocol/version";
import { memoryBus } from "@parley/server/bus/memory";
import { configFrom } from "@parley/server/config";
import { Chat } from "@parley/server/core/chat";
import type { Bus, Store } from "@parley/server/core/ports";
import { callers } from "@parley/server/gateways/arrival";
import { front } from "@parley/server/gateways/front";
import type { NativeLimits } from "@parley/server/gateways/native/parts";
import { nativeDialect } from "@parley/server/gateways/native/session";
import { type Rates, unlimited } from "@parley/server/gateways/rates";
import type { BunSocket } from "@parley/server/gateways/socket";
import { type GatewayLimits, SocketGateway } from "@parley/server/gateways/sockets";
import { systemClock as clock } from "@parley/server/observe/clock";
import { memoryStore } from "@parley/server/store/memory/memory";
import { plainDigests } from "./digests.ts";
import { checkFrame, checkResult } from "./documents.ts";
import { quickPasswords } from "./passwords.ts";
import { socketTo } from "./socket.ts";

export interface NodeOptions {
  store?: Store;
  bus?: Bus;
  limits?: Partial<NativeLimits>;
  gateway?: Partial<GatewayLimits>;
  /** Nobody is limited without. */
  rates?: Rates;
}

/** A real native gateway on a free port of this process. Its address, its parts, and how to end it. */
export function startNode(options: NodeOptions = {}) {
  const config = configFrom({});
  const { rates = unlimited } = options;
  const store = options.store ?? memoryStore();
  const faults: string[] = [];
  const observer = {
    count: () => {},
    log: (level: string, event: string, facts?: Record<string, unknown>) => {
      if (level === "error") faults.push(`${event} ${JSON.stringify(facts)}`);
    },
  };
  let server: Bun.Server<BunSocket>;
  const broadcast = { publish: (topic: string, payload: string) => void server.publish(topic, payload) };
  const bus = options.bus ?? memoryBus();
  const chat = new Chat({
    store,
    bus,
    clock,
    digests: plainDigests,
    passwords: quickPasswords,
    broadcast,
    observer,
    limits: config.chat,
  });
  const limits: NativeLimits = {
    batchBytes: config.socket.batchBytes,
    pendingBytes: 1 << 20,
    pendingCommands: 4096,
    hello: config.socket.helloDeadline,
    beat: config.socket.beat,
    cursors: 10_000,
    wire: { text: 8000, room_name: 100, shown_name: 64, handle: 32, batch_bytes: 131_072, page: 100 },
    ...options.limits,
  };
  const gatewayLimits: GatewayLimits = {
    beat: limits.beat,
    greeting: config.socket.unauthenticated,
    batchCloseBytes: config.socket.closeBytes,
    readerBytes: config.socket.backpressureBytes,
    returnsPerSecond: 1000,
    ...options.gateway,
  };
  const native = nativeDialect({ chat, clock, observer, rates, limits, server: "parley test" });
  const gateway = new SocketGateway({ chat, clock, observer, limits: gatewayLimits, run: "test" }, native);
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: front({ observer, rates, callerOf: callers([], plainDigests.random) }, (arrival) =>
      gateway.upgrade(arrival),
    ),
    websocket: gateway.websocket,
  });
  gateway.start();
  return {
    url: `ws://127.0.0.1:${server.port}/socket`,
    store,
    chat,
    gateway,
    faults,
    publish: broadcast.publish,
    async stop() {
      await gateway.drain(() => 0);
      await server.stop(true);
    },
  };
}

type Answer = Extract<ServerFrame, { t: "ok" | "error" }>;

/** A bare client of the native protocol: says literal frames, and remembers what it heard, all as documented. */
export class Line {
  readonly frames: ServerFrame[] = [];
  closedWith: number | null = null;
  readonly #socket: WebSocket;
  #waiting: (() => void)[] = [];

  private constructor(url: string, ca: string | undefined, headers: Record<string, string>) {
    this.#socket = socketTo(url, ca, headers);
    this.#socket.onmessage = ({ data }) => {
      const frames = JSON.parse(String(data)) as ServerFrame[];
      frames.forEach(checkFrame);
      this.frames.push(...frames);
      this.#wake();
    };
    this.#socket.onclose = ({ code }) => {
      this.closedWith = code;
      this.#wake();
    };
  }

  static async open(url: string, ca?: string, headers: Record<string, string> = {}): Promise<Line> {
    const line = new Line(url, ca, headers);
    await new Promise<void>((resolve, reject) => {
      line.#socket.onopen = () => resolve();
      line.#socket.onerror = () => reject(new Error("The socket did not open."));
    });
    return line;
  }

  /** Opens and says hello under this name; resolves once caught up. `ca` is an authority to trust. */
  static async enter(url: string, name: string, more = {}, ca?: string): Promise<Line> {
    const line = await Line.open(url, ca);
    line.say([{ t: "hello", version: PROTOCOL_VERSION, guest: { name, secret: secretOf(name) }, ...more }]);
    await line.until((frame) => frame.t === "caught_up");
    return line;
  }

  say(frames: unknown): void {
    this.raw(JSON.stringify(frames));
  }

  raw(message: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(message);
  }

  /** The first frame like this, now or later. */
  async until<T extends ServerFrame = ServerFrame>(matches: (frame: ServerFrame) => boolean): Promise<T> {
    for (let from = 0; ; ) {
      const found = this.frames.slice(from).find(matches);
      if (found) return found as T;
      from = this.frames.length;
      if (this.closedWith !== null)
        throw new Error(`Closed with ${this.closedWith}; heard ${JSON.stringify(this.frames.at(-1))}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The answer to a command, which gets the next free number. */
  async ask(command: object): Promise<Answer> {
    const id = ++this.#id;
    this.say([{ ...command, id }]);
    const answer = await this.until<Answer>((frame) => (frame.t === "ok" || frame.t === "error") && frame.id === id);
    if (answer.t === "ok") checkResult((command as { t: string }).t, answer.result);
    return answer;
  }
  #id = 10_000;

  async closed(): Promise<number> {
    while (this.closedWith === null) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.closedWith;
  }

  close(): void {
    this.#socket.close();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export function secretOf(name: string): string {
  return Bun.hash(name).toString(36).padStart(13, "0").repeat(3);
}
