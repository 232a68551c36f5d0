import { afterAll, expect, test } from "bun:test";
import { startRest } from "../kit/rest.ts";

const node = startRest();
afterAll(() => node.inside.stop());

const secure = (token: string, key: string, body: object) => node.ask("PUT", "/api/me/password", { token, key, body });
const signIn = (body: object) => node.ask("POST", "/api/sign-in", { body });

test("[PEO21] over HTTP a guest claims their name by a password, and changes it by the old one", async () => {
  const { token, person } = await node.guest("Ada Lund");
  const { status, body } = await secure(token, "p", { password: "a good password" });
  expect([status, body]).toMatchObject([200, { person: { id: person.id, kind: "member", role: "member" } }]);
  expect((await secure(token, "p", { password: "a good password" })).body).toEqual(body);
  const refused = (key: string, change: object) =>
    node.refusal("PUT", "/api/me/password", { token, key, body: change });
  expect(await refused("p", { password: "another password" })).toBe("key_reused");
  expect(await refused("n", { password: "another password" })).toBe("wrong_password");
  expect(await refused("q", { password: "short", old: "a good password" })).toBe("bad_password");
  expect(await refused("r", { password: "another password", old: "a guess" })).toBe("wrong_password");
  expect((await secure(token, "s", { password: "another password", old: "a good password" })).status).toBe(200);
  expect(await node.refusal("PUT", "/api/me/password", { token, body: { password: "no key at all" } })).toBe("bad_key");
  expect(await node.refusal("PUT", "/api/me/password", { key: "k", body: { password: "nobody's" } })).toBe(
    "not_authenticated",
  );
  expect(node.inside.said.join()).not.toContain("good password");
});

test("[PEO22] over HTTP a name and its password give another token, the same for the same secret", async () => {
  const { token, person } = await node.guest("Ben Berg");
  await secure(token, "p", { password: "a good password" });
  const first = await signIn({ name: "ben.berg", password: "a good password" });
  expect(first).toMatchObject({ status: 200, body: { person: { id: person.id } } });
  const made = (first.body as { token: string }).token;
  expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect((await node.ask("GET", "/api/me", { token: made })).body).toMatchObject({ person: { id: person.id } });
  const secret = "s".repeat(40);
  const [one, same] = [
    await signIn({ name: "BEN BERG", password: "a good password", secret }),
    await signIn({ name: "BEN BERG", password: "a good password", secret }),
  ];
  expect([(one.body as { token: string }).token, same.body]).toEqual([secret, one.body]);
  const refused = (body: object) => node.refusal("POST", "/api/sign-in", { body });
  expect(await refused({ name: "Ben Berg", password: "a guess" })).toBe("wrong_password");
  expect(await refused({ name: "Nobody", password: "a good password" })).toBe("wrong_password");
  expect(await refused({ name: "Ben Berg", password: "a good password", secret: "short" })).toBe("bad_token");
  expect(await refused({ name: "Ben Berg" })).toBe("bad_request");
});

test("[PEO23] over HTTP one signs out of this token, or of all, and signs in again", async () => {
  const { token } = await node.guest("Cleo");
  await secure(token, "p", { password: "a good password" });
  const tokens: string[] = [token];
  for (let more = 0; more < 2; more++) {
    tokens.push(((await signIn({ name: "Cleo", password: "a good password" })).body as { token: string }).token);
  }
  const known = () => Promise.all(tokens.map(async (one) => (await node.raw("GET", "/api/me", { token: one })).status));
  expect(await node.ask("POST", "/api/sign-out", { token, key: "o" })).toEqual({ status: 200, body: {} as never });
  expect(await known()).toEqual([401, 200, 200]);
  await node.ask("POST", "/api/sign-out", { token: tokens[1] as string, key: "e", body: { everywhere: true } });
  expect(await known()).toEqual([401, 401, 401]);
  expect((await signIn({ name: "Cleo", password: "a good password" })).status).toBe(200);
});

test("[PEO24] over HTTP too many wrong passwords are told to wait, with the seconds in the header", async () => {
  for (let guess = 0; guess < 10; guess++) await signIn({ name: "Dora", password: `guess ${guess}` });
  const response = await node.raw("POST", "/api/sign-in", { body: { name: "Dora", password: "one more" } });
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "30"]);
  expect(await response.json()).toMatchObject({ code: "too_fast" });
});
