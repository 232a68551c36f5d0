import { connect } from "node:net";
import fc from "fast-check";

const NAMES = [
  ...[
    "ann",
    "",
    "%20",
    "%",
    "%zz",
    "%00",
    "%2F",
    "%2e%2e",
    "..",
    "%ED%A0%80",
    "%FF",
    "%E2%80%AE",
    "a%20b",
    "ü",
    "%C3%BC",
  ],
  ...["1", "-1", "+5", "0", "999999", "1000000", "1e3", "9007199254740993", "9".repeat(400), "x".repeat(20)],
  ...["x".repeat(64), "x".repeat(65), "%F0%9F%99%82".repeat(64), "x".repeat(8_000), "__proto__", "constructor", "null"],
];
const PATHS = [
  ...["/ws/N", "/ws/chat/N", "/ws/chat/N?username=N", "/ws/chat/N?username=N&username=N", "/ws", "/ws/", "//ws/N"],
  ...["/ws/N/N", "/ws/N?token=N", "/dialects/N/ws/N", "/dialects/rooms/ws/chat/N?username=N", "/socket?token=N"],
  ...["messenger/ws/chat/N", "broadcast/ws/N", "plain/ws/N", "direct/ws/N", "direct/ws/N?token=N"].map(
    (path) => `/dialects/${path}`,
  ),
];

/** Handshakes for every dialect, with names that people have and names that nobody has. */
export const handshakes: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...PATHS),
    fc.infiniteStream(
      fc.oneof(
        fc.constantFrom(...NAMES),
        fc.string({ unit: "grapheme", maxLength: 30 }).map((name) => encodeURIComponent(name.toWellFormed())),
        fc.string({ maxLength: 30 }).map((name) => name.replace(/[\s?#/]/g, "_")),
      ),
    ),
  )
  .map(([path, names]) => path.replace(/N/g, () => names.next().value));

/** What a handshake may be answered with, whatever it asks for: taken, or one of the refusals that stand for themselves. */
const DUE = [101, 400, 403, 404, 422];

/** Shakes hands, sends some bytes, and goes away. Throws where the answer is none that may be. */
export async function shakeHands(url: string, path: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const line = connect(Number(port), hostname);
  line.on("error", () => {});
  let head = "";
  const heard = new Promise<void>((resolve) => {
    line.on("data", (data) => {
      head += data.toString("latin1");
      resolve();
    });
    line.once("close", () => resolve());
  });
  line.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  const late = setTimeout(() => line.destroy(), 10_000);
  await heard;
  clearTimeout(late);
  line.destroy();
  const status = Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1] ?? 0);
  if (!DUE.includes(status)) throw new Error(`A handshake for ${path} was answered with ${status || "nothing"}.`);
}
