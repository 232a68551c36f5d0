import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hmacDigests } from "./digests.ts";
import { argon2Passwords } from "./passwords.ts";
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

test("[PEO21] a password is kept as a salted argon2id hash that costs memory and time, and is no use for another", async () => {
  const passwords = argon2Passwords();
  const [one, same] = [await passwords.hash("a good password"), await passwords.hash("a good password")];
  expect(one).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
  expect(one).not.toBe(same);
  expect([await passwords.matches("a good password", one), await passwords.matches("a good password", same)]).toEqual([
    true,
    true,
  ]);
  for (const other of ["a good passwort", "", "a good password "]) {
    expect(await passwords.matches(other, one)).toBe(false);
  }
});

test("[PEO22] where there is no hash nothing matches, after as much work as where there is one", async () => {
  const passwords = argon2Passwords();
  const hash = await passwords.hash("a good password");
  expect(await passwords.matches("nobody's", null)).toBe(false);
  const took = async (known: string | null) => {
    const times: number[] = [];
    for (let run = 0; run < 7; run++) {
      const began = performance.now();
      expect(await passwords.matches("a guess", known)).toBe(false);
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[3] as number;
  };
  expect((await took(null)) / (await took(hash))).toBeGreaterThan(0.3);
});

test("[PEO24] so many wait for a hash, and the next is told to come again; those who wait are all served", async () => {
  const passwords = argon2Passwords();
  const asked = Array.from({ length: 70 }, () => passwords.matches("x", null).catch((error) => error.code));
  const answers = await Promise.all(asked);
  expect(answers.filter((answer) => answer === "too_fast")).toHaveLength(4);
  expect(answers.filter((answer) => answer === false)).toHaveLength(66);
  expect(await passwords.matches("x", null)).toBe(false);
});
