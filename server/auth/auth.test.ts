import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hmacDigests } from "./digests.ts";
import { obtainSecret, secretFile } from "./secret.ts";

const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "parley-auth-"));
  folders.push(made);
  return made;
}

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true });
});

test("[OPS6] a digest is the same for the same key and text, and another for another of either", () => {
  const [one, same, other] = [hmacDigests("a".repeat(32)), hmacDigests("a".repeat(32)), hmacDigests("b".repeat(32))];
  expect(one.content("hello")).toBe(same.content("hello"));
  expect(one.token("hello")).toBe(same.token("hello"));
  expect(one.content("hello")).not.toBe(other.content("hello"));
  expect(one.content("hello")).not.toBe(one.content("hallo"));
  expect(one.token("hello")).not.toBe(other.token("hello"));
});

test("[OPS6] digests of content are whole numbers of 52 bits, and use all of them", () => {
  const digests = hmacDigests("k".repeat(32));
  const many = Array.from({ length: 500 }, (_, i) => digests.content(`text ${i}`));
  expect(many.every((digest) => Number.isSafeInteger(digest) && digest >= 0 && digest < 2 ** 52)).toBe(true);
  expect(new Set(many).size).toBe(500);
  expect(Math.max(...many)).toBeGreaterThan(2 ** 51);
});

test("[OPS6] a token's digest does not begin like its content digest, and shows nothing of the token", () => {
  const digests = hmacDigests("k".repeat(32));
  const secret = digests.random(43);
  expect(digests.token(secret)).not.toContain(secret.slice(0, 8));
  const asNumber = Number.parseInt(Buffer.from(digests.token(secret), "base64url").toString("hex").slice(0, 13), 16);
  expect(asNumber).not.toBe(digests.content(secret));
});

test("[OPS6] random characters are of the alphabet of tokens, as many as asked, and never twice the same", () => {
  const digests = hmacDigests("k".repeat(32));
  expect(digests.random(43)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(digests.random(0)).toBe("");
  expect(new Set(Array.from({ length: 100 }, () => digests.random(22))).size).toBe(100);
});

test("[OPS5] without SECRET_KEY a key is made once, readable to its owner only", () => {
  const data = folder();
  const key = obtainSecret(null, data);
  expect(key.length).toBeGreaterThanOrEqual(43);
  expect(obtainSecret(null, data)).toBe(key);
  expect(statSync(secretFile(data)).mode & 0o777).toBe(0o600);
  expect(obtainSecret(null, folder())).not.toBe(key);
});

test("[OPS5] a given SECRET_KEY is taken, and leaves the data folder alone", () => {
  const data = folder();
  expect(obtainSecret("g".repeat(40), data)).toBe("g".repeat(40));
  expect(() => readFileSync(secretFile(data))).toThrow("ENOENT");
});

test("[OPS5] a key file that holds no key is refused, never replaced", () => {
  const data = folder();
  writeFileSync(secretFile(data), "short\n");
  expect(() => obtainSecret(null, data)).toThrow("does not hold a key");
  expect(readFileSync(secretFile(data), "utf8")).toBe("short\n");
});
