import { connect } from "node:net";
import fc from "fast-check";

/** Bytes that are sent to the server's port as they are, each piece by itself. */
export interface Bytes {
  /** First a handshake that makes a WebSocket of it? */
  socket: boolean;
  pieces: Uint8Array[];
}

const HANDSHAKE =
  "GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

interface Framed {
  first: number;
  masked: boolean;
  /** What the header says about the length, where that is not the truth. */
  length: number | null;
  payload: Uint8Array;
}

const payloads = fc.oneof(
  fc.constantFrom("[]", '[{"t":"beat"}]', '[{"t":"hello","version":1}]', "\u0000").map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }),
  // Not UTF-8: overlong, cut short, surrogates, beyond the last code point.
  fc
    .constantFrom([0xc0, 0xaf], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff])
    .map((b) => new Uint8Array(b)),
);

/** Frames with any opcode and flags, with and without a mask, whole, in fragments, and longer than they are. */
const framed: fc.Arbitrary<Uint8Array> = fc
  .record<Framed>({
    first: fc.oneof(fc.constantFrom(0x81, 0x81, 0x01, 0x00, 0x80, 0x82, 0x88, 0x89, 0x8a), fc.nat(255)),
    masked: fc.oneof(fc.constant(true), fc.constant(true), fc.boolean()),
    length: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(2 ** 31 - 1) }),
    payload: payloads,
  })
  .map(frameOf);

function frameOf({ first, masked, length, payload }: Framed): Uint8Array {
  const says = length ?? payload.length;
  const mask = masked ? 0x80 : 0;
  const header = Buffer.alloc(says < 126 ? 2 : says < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = mask | (says < 126 ? says : says < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(says, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(says), 2);
  return Buffer.concat([header, Buffer.alloc(masked ? 4 : 0), payload]);
}

const REQUESTS = [
  "GET / HTTP/1.1\r\n\r\n",
  "GET /api/rooms HTTP/9.9\r\nHost: x\r\n\r\n",
  "POST /api/guests HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
  "POST /api/guests HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
  "POST /api/guests HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
  "POST /api/guests HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  `GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: x\r\n${"X-A: b\r\n".repeat(2_000)}\r\n`,
  "GET /api/rooms?\u0000 HTTP/1.1\r\nHost: \r\n\r\n",
  "GET http://elsewhere/api/rooms HTTP/1.1\r\nHost: x\r\n\r\n",
  HANDSHAKE.replace("Version: 13", "Version: 99"),
  HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "?"),
].map((text) => Buffer.from(text, "latin1"));

/** What no client sends: broken HTTP, broken frames, noise. */
export const bytes: fc.Arbitrary<Bytes> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ socket: fc.constant(true), pieces: fc.array(framed, { minLength: 1, maxLength: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      socket: fc.boolean(),
      pieces: fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom(...REQUESTS).map((request) => ({ socket: false, pieces: [request] })) },
);

const ANSWERS_WITHIN = 30;

/** Sends the bytes and goes away. Whatever the server says to that is fine: it is the others that must not notice. */
export async function sendBytes(url: string, { socket, pieces }: Bytes): Promise<void> {
  const { hostname, port } = new URL(url);
  const line = connect(Number(port), hostname);
  const over = new Promise<void>((resolve) => line.once("close", () => resolve()));
  const heard = new Promise<void>((resolve) => line.on("data", () => resolve()));
  line.on("error", () => {});
  if (socket) {
    line.write(HANDSHAKE);
    await Promise.race([heard, over]);
  }
  for (const piece of pieces) line.write(piece);
  await Promise.race([over, Bun.sleep(ANSWERS_WITHIN)]);
  line.destroy();
  await over;
}
