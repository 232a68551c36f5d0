import type { CloseName } from "@parley/protocol/closes";
import type { Codec } from "../core/codec.ts";
import type { Outlet } from "../core/ports.ts";

/** A connected socket in the hands of a session. */
export interface Socket extends Outlet {
  close(why: CloseName): void;
}

/** One socket's conversation with one dialect, from its first frame to its close. */
export interface Session {
  /** One message as it came; binary ones as bytes. Must not throw. */
  receive(message: string | Uint8Array): void;
  /** The socket is gone, whoever closed it. */
  closed(): void;
  /** A beat passes: false where nothing was received for two of them. */
  beat(): boolean;
  /** The server stops: nothing more is accepted. */
  drain(): void;
  /** Says that the socket is about to be closed, and when to come back. */
  bye(retryAfter: number): void;
}

/** A wire protocol: pure encoding, and what a new socket begins with. */
export interface Dialect {
  readonly codec: Codec;
  /** `entered` is called once the socket has said who it is. */
  open(socket: Socket, entered: (socket: Socket) => void): Session;
}
