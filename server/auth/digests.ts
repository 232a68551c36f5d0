import { randomBytes } from "node:crypto";
import type { Digests } from "../core/ports.ts";

/** Digests keyed with the server's secret: without it nobody can test a guess against what is stored. */
export function hmacDigests(secretKey: string): Digests {
  // Each use has a key of its own, so that a digest of one kind never passes for another.
  const contentKey = derive(secretKey, "content");
  const tokenKey = derive(secretKey, "token");
  return {
    content: (text) => first52Bits(hmac(contentKey, text)),
    token: (secret) => hmac(tokenKey, secret).toString("base64url"),
    random: (length) =>
      randomBytes(Math.ceil((length * 3) / 4))
        .toString("base64url")
        .slice(0, length),
  };
}

/** What the nodes of one installation know the others' key by, without telling it. */
export function proofOf(secretKey: string): string {
  return hmacDigests(secretKey).token("the nodes of one installation");
}

function derive(secretKey: string, use: string): Buffer {
  return hmac(Buffer.from(secretKey), `parley/${use}`);
}

/** Every such number is exact in a double and in an SQLite integer. */
function first52Bits(bytes: Buffer): number {
  return bytes.readUIntBE(0, 6) * 16 + (bytes.readUInt8(6) >> 4);
}

function hmac(key: Buffer, text: string): Buffer {
  return new Bun.CryptoHasher("sha256", key).update(text).digest();
}
