/** The rooms of one scenario. The member with number n is in room ⌊n / members⌋. */
export interface Shape {
  readonly rooms: number;
  readonly members: number;
}

/** How one member enters and posts, in bytes of the subject's own protocol; see load/load.c for the slots of a post. */
export interface Member {
  readonly port: number;
  /** What is said, and what is awaited before the next is said. The last one awaited means: in. */
  readonly steps: readonly { send: Uint8Array; until: string }[];
  /** One message that holds `MARKED`. */
  readonly post: Uint8Array;
  /** What tells the author that a message is done, where it does not come back to them: it counts as their delivery. */
  readonly done?: string;
}

/** A subject that answers. */
export interface Running {
  /** The processes whose CPU time counts. */
  readonly pids: readonly number[];
  member(n: number): Member;
  stop(): Promise<void>;
}

/** A server to be measured, and how it is spoken to. */
export interface Subject {
  readonly name: string;
  /** What the reader of a table should know of it. */
  readonly about: string;
  /** Why it cannot be measured here, null where it can. Installs or compiles what it needs. */
  missing(): Promise<string | null>;
  /** Whether it can have such rooms; any, where there is no such question. */
  fits?(shape: Shape): boolean;
  /** Starts it, pinned to `core`, with the rooms of this shape. */
  start(shape: Shape, core: number): Promise<Running>;
}

/** Every message is as long as this, with the generator's mark at its beginning. */
const TEXT = "A message of the usual length, about eighty characters long or a few more.";
const MARK = `\`${"\x02".repeat(8)}${"\x01".repeat(16)}`;

/** The text of a message: slots for who says it and when, and words up to the usual length. */
export const MARKED = MARK + TEXT.slice(MARK.length);
/** A number of each message of a connection: 8 hexadecimal digits. */
export const SERIAL = "\x03".repeat(8);
/** A number of each connection: 8 hexadecimal digits. */
export const WHO = "\x02".repeat(8);
/** A number of each message of a connection that is one in JSON: 8 decimal digits. */
export const NUMBER = `1${"\x04".repeat(7)}`;

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A WebSocket frame as a client sends it. Its mask is zero, which is one like any other, so that slots can be filled. */
export function frame(text: string, opcode: 1 | 2 = 1): Uint8Array {
  const payload = opcode === 1 ? bytes(text) : Buffer.from(text, "latin1");
  // The first byte of such a length would be filled in like a slot.
  if (text.includes(MARKED) && payload.length > 255) throw new Error("A post has at most 255 bytes.");
  const length = payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 255];
  return new Uint8Array([0x80 | opcode, ...length, 0, 0, 0, 0, ...payload]);
}

/** The handshake of a WebSocket. */
export function handshake(path: string, ...headers: string[]): { send: Uint8Array; until: string } {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  ];
  return { send: bytes(`${lines.join("\r\n")}\r\n\r\n`), until: "\r\n\r\n" };
}
