import { ERRORS } from "@parley/protocol/errors";
import type { Chat } from "../core/chat.ts";
import type { Clock, Observer } from "../core/ports.ts";
import type { Dialect, Opening, Session, Socket } from "./dialect.ts";
import { BunSocket } from "./socket.ts";

export interface GatewayLimits {
  /** Milliseconds between two beats. */
  beat: number;
  /** Sockets from one address that have not said who they are. */
  greeting: number;
  /** A message above it closes the socket with 1009. Bytes. */
  batchCloseBytes: number;
  /** Bytes that may wait for a reader before it is cut, to come back and resume. */
  readerBytes: number;
  /** Reconnects after a shutdown are spread so that no more than this many come in a second. */
  returnsPerSecond: number;
}

export interface GatewayParts {
  chat: Chat;
  clock: Clock;
  observer: Observer;
  limits: GatewayLimits;
}

type Server = Bun.Server<BunSocket>;

const LONGEST_RETURN = 30_000;

/** Every socket of every dialect: limits before authentication, the beat, and an orderly end. */
export class SocketGateway {
  readonly #parts: GatewayParts;
  readonly #native: Dialect;
  readonly #sessions = new Map<Session, BunSocket>();
  readonly #greeting = new Map<string, number>();
  readonly #told = new Map<number, number>();
  #cancelBeat: () => void = () => {};
  #draining = false;

  constructor(parts: GatewayParts, native: Dialect) {
    this.#parts = parts;
    this.#native = native;
  }

  get connections(): number {
    return this.#sessions.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Answers a request for the native socket; undefined once it became one. */
  upgrade(request: Request, server: Server): Response | undefined {
    if (!wantsSocket(request)) return refusal("bad_request", "Expected a WebSocket.");
    if (this.#draining) return refusal("unavailable");
    const address = server.requestIP(request)?.address ?? "";
    if ((this.#greeting.get(address) ?? 0) >= this.#parts.limits.greeting) return refusal("too_fast");
    const socket = new BunSocket(address, (opened) => this.#native.open(opened, this.#entered));
    if (server.upgrade(request, { data: socket })) return undefined;
    return refusal("bad_request", "This is not a WebSocket handshake.");
  }

  /** Accepts a socket of which it is known already whose it is. False where this is no handshake. */
  accept(request: Request, server: Server, open: Opening): boolean {
    const socket = new BunSocket(server.requestIP(request)?.address ?? "", open);
    socket.greeting = false;
    return server.upgrade(request, { data: socket });
  }

  get websocket(): Bun.WebSocketHandler<BunSocket> {
    const { batchCloseBytes, readerBytes } = this.#parts.limits;
    return {
      perMessageDeflate: false,
      maxPayloadLength: batchCloseBytes,
      backpressureLimit: readerBytes,
      closeOnBackpressureLimit: true,
      idleTimeout: 0,
      sendPings: false,
      open: (ws) => this.#open(ws.data, ws),
      message: (ws, message) => ws.data.session?.receive(message),
      pong: (ws) => ws.data.ponged(),
      drain: (ws) => ws.data.drain(),
      close: (ws) => this.#closed(ws.data),
    };
  }

  /** Begins to beat. */
  start(): void {
    const { chat, clock, limits, observer } = this.#parts;
    const beat = async () => {
      await chat.beat(this.#told).catch((error) => observer.log("warn", "beat_failed", { error: String(error) }));
      for (const [session, socket] of this.#sessions) this.#beatOne(session, socket);
      this.#cancelBeat = clock.after(limits.beat, beat);
    };
    this.#cancelBeat = clock.after(limits.beat, beat);
  }

  /** Refuses new sockets and commands, waits for what was accepted, and sends everybody away with a time to return. */
  async drain(random: () => number = Math.random): Promise<void> {
    this.#draining = true;
    this.#cancelBeat();
    for (const session of this.#sessions.keys()) session.drain();
    await this.#parts.chat.settled();
    const spread = Math.min(LONGEST_RETURN, (this.#sessions.size / this.#parts.limits.returnsPerSecond) * 1000);
    for (const session of [...this.#sessions.keys()]) session.bye(Math.round(500 + random() * (1000 + spread)));
  }

  #open(socket: BunSocket, ws: Bun.ServerWebSocket<BunSocket>): void {
    if (socket.greeting) this.#greeting.set(socket.address, (this.#greeting.get(socket.address) ?? 0) + 1);
    this.#sessions.set(socket.opened(ws), socket);
  }

  readonly #entered = (socket: Socket): void => {
    if (!(socket instanceof BunSocket) || !socket.greeting) return;
    socket.greeting = false;
    const left = (this.#greeting.get(socket.address) ?? 1) - 1;
    if (left > 0) this.#greeting.set(socket.address, left);
    else this.#greeting.delete(socket.address);
  };

  #closed(socket: BunSocket): void {
    this.#entered(socket);
    if (socket.session) this.#sessions.delete(socket.session);
    socket.closed();
  }

  #beatOne(session: Session, socket: BunSocket): void {
    if (socket.greeting || session.beat()) return;
    socket.close("no_beat");
    socket.terminate();
  }
}

/** Does this request ask to become a socket? */
export function wantsSocket(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

function refusal(code: keyof typeof ERRORS, detail?: string): Response {
  const { status, title } = ERRORS[code];
  return Response.json(
    { type: "about:blank", title, status, code, ...(detail ? { detail } : {}) },
    {
      status,
      headers: { "content-type": "application/problem+json" },
    },
  );
}
