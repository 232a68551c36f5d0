import { createHmac, randomBytes } from "node:crypto";
import type { Digests } from "../core/ports.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
/** 52 bits: every such number is exact in a double and in an SQLite integer. */
const CONTENT_HEX_DIGITS = 13;

/** Digests keyed with the server's secret: without it nobody can test a guess against what is stored. */
export function hmacDigests(secretKey: string): Digests {
  // Each use has a key of its own, so that a digest of one kind never passes for another.
  const contentKey = derive(secretKey, "content");
  const tokenKey = derive(secretKey, "token");
  return {
    content: (text) => Number.parseInt(hmac(contentKey, text).toString("hex").slice(0, CONTENT_HEX_DIGITS), 16),
    token: (secret) => hmac(tokenKey, secret).toString("base64url"),
    random: (length) => Array.from(randomBytes(length), (byte) => ALPHABET[byte & 63]).join(""),
  };
}

/** What the nodes of one installation know the others' key by, without telling it. */
export function proofOf(secretKey: string): string {
  return hmacDigests(secretKey).token("the nodes of one installation");
}

function derive(secretKey: string, use: string): Buffer {
  return hmac(Buffer.from(secretKey), `parley/${use}`);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
