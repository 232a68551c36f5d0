import { ERRORS } from "@parley/protocol/errors";
import type { Dialect, Session, Socket } from "../dialect.ts";
import { BunSocket } from "../socket.ts";
import { nativeCodec } from "./codec.ts";
import type { NativeParts } from "./parts.ts";
import { nativeDialect } from "./session.ts";

export interface GatewayLimits {
  /** Sockets from one address that have not said who they are. */
  greeting: number;
  /** A message above it closes the socket with 1009. Bytes. */
  batchCloseBytes: number;
  /** Bytes that may wait for a reader before it is cut, to come back and resume. */
  readerBytes: number;
  /** Reconnects after a shutdown are spread so that no more than this many come in a second. */
  returnsPerSecond: number;
}

export interface GatewayParts extends NativeParts {
  gateway: GatewayLimits;
}

type Server = Bun.Server<BunSocket>;

const LONGEST_RETURN = 30_000;

/** The native socket at `/socket`: limits before authentication, the beat, and an orderly end. */
export class NativeGateway {
  readonly #parts: GatewayParts;
  readonly #dialect: Dialect;
  readonly #sessions = new Map<Session, BunSocket>();
  readonly #greeting = new Map<string, number>();
  readonly #told = new Map<number, number>();
  #cancelBeat: () => void = () => {};
  #draining = false;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#dialect = nativeDialect(parts);
  }

  get connections(): number {
    return this.#sessions.size;
  }

  /** Answers a request to `/socket`; undefined once it became a socket. */
  upgrade(request: Request, server: Server): Response | undefined {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket")
      return refusal("bad_request", "Expected a WebSocket.");
    if (this.#draining) return refusal("unavailable");
    const address = server.requestIP(request)?.address ?? "";
    if ((this.#greeting.get(address) ?? 0) >= this.#parts.gateway.greeting) return refusal("too_fast");
    if (server.upgrade(request, { data: new BunSocket(address) })) return undefined;
    return refusal("bad_request", "This is not a WebSocket handshake.");
  }

  get websocket(): Bun.WebSocketHandler<BunSocket> {
    const { batchCloseBytes, readerBytes } = this.#parts.gateway;
    return {
      perMessageDeflate: false,
      maxPayloadLength: batchCloseBytes,
      backpressureLimit: readerBytes,
      closeOnBackpressureLimit: true,
      idleTimeout: 0,
      sendPings: false,
      open: (ws) => this.#open(ws.data, ws),
      message: (ws, message) => ws.data.session?.receive(message),
      drain: (ws) => ws.data.drain(),
      close: (ws) => this.#closed(ws.data),
    };
  }

  /** Begins to beat. */
  start(): void {
    const { chat, clock, limits, observer } = this.#parts;
    const beat = async () => {
      await chat.beat(this.#told).catch((error) => observer.log("warn", "beat_failed", { error: String(error) }));
      const frame = nativeCodec.encode([{ t: "beat", heads: [] }]);
      for (const [session, socket] of this.#sessions) this.#beatOne(session, socket, frame);
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
    const spread = Math.min(LONGEST_RETURN, (this.#sessions.size / this.#parts.gateway.returnsPerSecond) * 1000);
    for (const session of [...this.#sessions.keys()]) session.bye(Math.round(500 + random() * (1000 + spread)));
  }

  #open(socket: BunSocket, ws: Bun.ServerWebSocket<BunSocket>): void {
    this.#greeting.set(socket.address, (this.#greeting.get(socket.address) ?? 0) + 1);
    socket.opened(ws);
    socket.session = this.#dialect.open(socket, this.#entered);
    this.#sessions.set(socket.session, socket);
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

  #beatOne(session: Session, socket: BunSocket, frame: string): void {
    if (socket.greeting) return;
    if (session.beat()) return socket.send(frame);
    socket.close("no_beat");
    socket.terminate();
  }
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
