import type { CloseName } from "@parley/protocol/closes";
import type { Codec } from "../core/codec.ts";
import type { Outlet } from "../core/ports.ts";

/** A connected socket in the hands of a session. */
export interface Socket extends Outlet {
  readonly address: string;
  close(why: CloseName): void;
  /** Closes with a code of the dialect's own. */
  end(code: number, reason: string): void;
  /** Ends the connection without waiting for the other side. */
  terminate(): void;
  /** Says something to all subscribers of a topic but this socket. */
  relay(topic: string, payload: string): void;
  ping(): void;
  /** Pings: true once a pong comes, false where none does within `ms`. */
  alive(ms: number): Promise<boolean>;
}

/** Begins the session of a socket that was just accepted. */
export type Opening = (socket: Socket) => Session;

/** One socket's conversation with one dialect, from its first frame to its close. */
export interface Session {
  /** One message as it came; binary ones as bytes. Must not throw. */
  receive(message: string | Uint8Array): void;
  /** The socket is gone, whoever closed it. */
  closed(): void;
  /** A ping was answered. */
  ponged?(): void;
  /** A beat passes: says so where the dialect has a word for it. False where nothing was received for two of them. */
  beat(): boolean;
  /** The server stops: nothing more is accepted. */
  drain(): void;
  /** Says that the socket is about to be closed, and when to come back. */
  bye(retryAfter: number): void;
}

/** The native protocol: pure encoding, and what a new socket begins with. */
export interface Dialect {
  readonly codec: Codec;
  /** `entered` is called once the socket has said who it is. */
  open(socket: Socket, entered: (socket: Socket) => void): Session;
}
