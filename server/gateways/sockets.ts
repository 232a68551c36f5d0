import type { DialectName } from "@parley/protocol/dialects";
import { ChatError } from "@parley/protocol/errors";
import type { Chat } from "../core/chat.ts";
import type { Clock, Facts, Observer } from "../core/ports.ts";
import type { User } from "../core/rows.ts";
import { putIn, takeOut } from "../core/unordered.ts";
import type { Arrival } from "./arrival.ts";
import { cookieOf, isOwnPage } from "./cookies.ts";
import type { Dialect, Opening, Socket } from "./dialect.ts";
import { problem } from "./problem.ts";
import { BunSocket, type Shared } from "./socket.ts";

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
  /** Tells connections of this run of the server from those of others. */
  run: string;
}

/** A socket that a dialect takes. */
interface Accepted {
  dialect: DialectName;
  /** Null where it is accepted only to say why it is not wanted. */
  user: User | null;
  open: Opening;
}

const LONGEST_RETURN = 30_000;
const SMALL = 64 * 1024;

/** Every socket of every dialect: limits before authentication, the beat, and an orderly end. */
export class SocketGateway {
  readonly #parts: GatewayParts;
  readonly #native: Dialect;
  /** In no order. */
  readonly #sockets: BunSocket[] = [];
  readonly #shared: Shared;
  readonly #greeting = new Map<string, number>();
  readonly #told = new Map<number, number>();
  #cancelBeat: () => void = () => {};
  #draining = false;
  #accepted = 0;

  constructor(parts: GatewayParts, native: Dialect) {
    this.#parts = parts;
    this.#native = native;
    // Well below where it is cut: whoever waits for a slow reader then has room to go on.
    this.#shared = { run: parts.run, small: Math.min(SMALL, parts.limits.readerBytes / 4) };
  }

  get connections(): number {
    return this.#sockets.length;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Answers a request for the native socket; undefined once it became one. */
  upgrade(arrival: Arrival): Response | undefined {
    if (!wantsSocket(arrival.request)) return problem(new ChatError("bad_request", "Expected a WebSocket."));
    if (this.#draining) return problem(new ChatError("unavailable"));
    const greeting = this.#greeting.get(arrival.caller.network) ?? 0;
    if (greeting >= this.#parts.limits.greeting) return problem(new ChatError("too_fast"));
    const socket = this.#socket(arrival, (opened) => this.#native.open(opened, this.#entered));
    if (this.#becomes(arrival, socket, { dialect: "native" })) return undefined;
    return problem(new ChatError("bad_request", "This is not a WebSocket handshake."));
  }

  /** Accepts a socket of which it is known already whose it is. False where this is no handshake. */
  accept(arrival: Arrival, { dialect, user, open }: Accepted): boolean {
    const socket = this.#socket(arrival, open);
    socket.greeting = false;
    return this.#becomes(arrival, socket, { dialect, ...(user && { person: user.id }) });
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
      message: (ws, message) => this.#receive(ws.data, message),
      pong: (ws, data) => ws.data.ponged(data.toString()),
      drain: (ws) => ws.data.drain(),
      close: (ws, code) => this.#closed(ws.data, code),
    };
  }

  /** Begins to beat. */
  start(): void {
    const { chat, clock, limits, observer } = this.#parts;
    const beat = async () => {
      await chat.beat(this.#told).catch((error) => observer.log("warn", "beat_failed", { error: String(error) }));
      for (const socket of [...this.#sockets]) this.#beatOne(socket);
      this.#cancelBeat = clock.after(limits.beat, beat);
    };
    this.#cancelBeat = clock.after(limits.beat, beat);
  }

  /** Refuses new sockets and commands, waits for what was accepted, and sends everybody away with a time to return. */
  async drain(random: () => number = Math.random): Promise<void> {
    this.#draining = true;
    this.#cancelBeat();
    for (const { session } of this.#sockets) session?.drain();
    await this.#parts.chat.settled();
    const spread = Math.min(LONGEST_RETURN, (this.#sockets.length / this.#parts.limits.returnsPerSecond) * 1000);
    for (const { session } of [...this.#sockets]) session?.bye(Math.round(500 + random() * (1000 + spread)));
  }

  #socket({ caller, request }: Arrival, open: Opening): BunSocket {
    this.#accepted += 1;
    const { network } = caller;
    // A browser sends the cookie along with a handshake of any page.
    const cookie = cookieOf(request, caller);
    const own = cookie !== null && isOwnPage(request, caller) ? cookie : null;
    return new BunSocket({ network, cookie: own }, this.#shared, this.#accepted, open);
  }

  #becomes({ request, server, caller }: Arrival, socket: BunSocket, facts: Record<string, unknown>): boolean {
    const accepted = server.upgrade(request, { data: socket, headers: { "x-request-id": caller.id } });
    const { id: asked, address } = caller;
    const opened = () => ({ connection: socket.connection, request: asked, address, ...facts });
    if (accepted) this.#log("info", "socket_opened", opened);
    return accepted;
  }

  #receive(socket: BunSocket, message: string | Uint8Array): void {
    this.#log("debug", "socket_received", () => ({ connection: socket.connection, length: message.length }));
    socket.session?.receive(message);
  }

  #log(level: "debug" | "info", event: string, facts: Facts): void {
    this.#parts.observer.log(level, event, facts);
  }

  #open(socket: BunSocket, ws: Bun.ServerWebSocket<BunSocket>): void {
    if (socket.greeting) this.#greeting.set(socket.network, (this.#greeting.get(socket.network) ?? 0) + 1);
    socket.opened(ws);
    if (socket.isOpen) putIn(this.#sockets, socket);
  }

  readonly #entered = (socket: Socket, user: User): void => {
    this.#greeted(socket as BunSocket);
    this.#log("info", "socket_entered", () => ({ connection: socket.connection, person: user.id }));
  };

  /** It does not count as one that has not said who it is any more. */
  #greeted(socket: BunSocket): void {
    if (!socket.greeting) return;
    socket.greeting = false;
    const left = (this.#greeting.get(socket.network) ?? 1) - 1;
    if (left > 0) this.#greeting.set(socket.network, left);
    else this.#greeting.delete(socket.network);
  }

  #closed(socket: BunSocket, code: number): void {
    this.#greeted(socket);
    const seconds = () => Math.round((performance.now() - socket.since) / 1000);
    this.#log("info", "socket_closed", () => ({ connection: socket.connection, code, seconds: seconds() }));
    takeOut(this.#sockets, socket);
    socket.closed(code);
  }

  #beatOne(socket: BunSocket): void {
    if (socket.greeting || socket.session?.beat()) return;
    socket.close("no_beat");
    socket.terminate();
  }
}

/** Does this request ask to become a socket? */
export function wantsSocket(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}
