import type { CloseName } from "@parley/protocol/closes";
import type { DialectName } from "@parley/protocol/dialects";
import type { Codec } from "../core/codec.ts";
import type { Outlet } from "../core/ports.ts";
import type { User } from "../core/rows.ts";
import type { Limited } from "./rates.ts";
import type { Asked } from "./select.ts";

/** What something is said with while the socket waits for more. */
export interface Line {
  sendText(frame: string): unknown;
}

/** A connected socket in the hands of a session. */
export interface Socket extends Outlet, Limited {
  /** The token that a page of our own sent along as a cookie, where it did. */
  readonly cookie: string | null;
  /** Stands in every line of the log about this socket. */
  readonly connection: string;
  close(why: CloseName): void;
  /** Closes with a code of the dialect's own. */
  end(code: number, reason: string): void;
  /** Ends the connection without waiting for the other side. */
  terminate(): void;
  /** Everything that is said meanwhile, by `say` and by topics, is one write. */
  together(say: (line: Line) => void): void;
  /** Pings, and says the number that comes back with the answer. */
  ping(): number;
  /** Pings: true once the other side has read all that was sent before, false where it does not within `ms`. */
  alive(ms: number): Promise<boolean>;
}

/** Begins the session of a socket that was just accepted. */
export type Opening = (socket: Socket) => Session;

/** One socket's conversation with one dialect, from its first frame to its close. */
export interface Session {
  /** One message as it came; binary ones as bytes. Must not throw. */
  receive(message: string | Uint8Array): void;
  /** The socket is gone, whoever closed it; with 1006 where nobody did. */
  closed(code: number): void;
  /** A ping was answered; where it has a number, everything before it was read. */
  ponged?(ping: number): void;
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
  open(socket: Socket, entered: (socket: Socket, user: User) => void): Session;
}

/** A promise that a dialect's wire cannot carry as far as the native protocol does. */
export interface Gap {
  /** What is missing, in one sentence for whoever runs or writes a client. */
  what: string;
  /** Why it cannot be otherwise while old clients work unchanged. */
  why: string;
}

/** A request to become a socket of a dialect. */
export interface Handshake extends Asked {
  /** From `?token=` or `Authorization: Bearer`. */
  token: string | null;
  /** Of the client, also behind trusted proxies. */
  address: string;
}

/** What a dialect answers to a handshake. */
export type Admission =
  /** `lost` is called where the handshake fails after all. */
  | { is: "accepted"; user: User; open: Opening; lost?: () => void }
  /** Accepted and closed at once, so that the client sees why. */
  | { is: "closed"; code: number; reason: string }
  /** Refused by an HTTP answer without a body: 503 where trying again makes sense. */
  | { is: "refused"; status: 403 | 429 | 503; retryAfter?: number };

/** A protocol of existing clients, which work on it unchanged. */
export interface ForeignDialect {
  readonly name: DialectName;
  readonly gaps: readonly Gap[];
  admit(handshake: Handshake): Promise<Admission>;
  /**
   * Answers a request over HTTP, or null where the path is none of this dialect's. A preflight is asked too, and what
   * is answered to it is not used; other sites' pages are let in by the gateway.
   */
  answer?(request: HttpAsked): Promise<Response> | null;
  /** Paths that this dialect has and this server answers by itself, to everybody in the same way. */
  readonly own?: readonly string[];
}

/** A request over HTTP as a dialect sees it: its own path's segments, percent-decoded, and who asks. */
export interface HttpAsked {
  request: Request;
  /** HEAD is asked as GET; the body is left out afterwards. */
  method: string;
  segments: readonly string[];
  /** Does the path end with a slash? */
  slash: boolean;
  query: URLSearchParams;
  token: string | null;
  /** What counts as one address to limits. */
  network: string;
}
