import { expect, test } from "bun:test";
import { handshake, OldClient } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";

const parley = new OneParley({ PARLEY_NAME_DIALECT: "plain" });

const enter = (name: string) => OldClient.open(`${parley.url}/ws/${encodeURIComponent(name)}`);

test("[DIA20] plain: whoever joins hears of it first, then everybody hears everything once and in one order", async () => {
  const alice = await enter("alice");
  expect(await alice.next()).toBe("System: alice has joined the chat");
  const bob = await enter("Bob B");
  expect(await bob.next()).toBe("System: Bob B has joined the chat");
  expect(await alice.next()).toBe("System: Bob B has joined the chat");
  alice.say("hello <b>");
  bob.say("  two\nlines ");
  for (const client of [alice, bob]) {
    expect([await client.next(), await client.next()].sort()).toEqual(["Bob B:   two\nlines ", "alice: hello <b>"]);
  }
  await bob.leave();
  expect(await alice.next()).toBe("System: Bob B has left the chat");
  await alice.leave();
});

test("[DIA21] plain: a name in use is accepted and closed with 1008, and nobody else hears of it", async () => {
  const carol = await enter("carol");
  await carol.next();
  const second = await enter("carol");
  expect(await second.end()).toEqual({ code: 1008, reason: "Username already taken" });
  expect(second.heard).toEqual([]);
  expect(await carol.rest()).toEqual([]);
  await carol.leave();
  expect((await handshake(`${parley.url}/ws/a/b/c`)).status).toBe(403);
});

test("[DIA22] plain: blank lines and binary frames are ignored, and what is too long is told to its author alone", async () => {
  const dora = await enter("dora");
  await dora.next();
  const eve = await enter("eve");
  for (const client of [dora, eve]) await client.next();
  dora.say(" \n\t ");
  dora.say(new Uint8Array([1, 2, 3]));
  dora.say("x".repeat(8001));
  expect(await dora.next()).toStartWith("System: A message has at most 8000");
  dora.say("x".repeat(8000));
  expect(await eve.next()).toBe(`dora: ${"x".repeat(8000)}`);
  expect(await eve.rest()).toEqual([]);
  dora.drop();
  expect(await eve.next()).toBe("System: dora has left the chat");
  await eve.leave();
});

test("[PEO17] plain: a held or claimed name takes its token, however it is written, and an open one takes none", async () => {
  const http = parley.url.replace(/^ws/, "http");
  const ask = async (method: string, path: string, body: object, token?: string) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const once = { "idempotency-key": crypto.randomUUID() };
    const headers = { "content-type": "application/json", ...once, ...authorization };
    const response = await fetch(http + path, { method, headers, body: JSON.stringify(body) });
    expect(response.status).toBeLessThan(300);
    return (await response.json()) as { token: string };
  };
  const { token } = await ask("POST", "/api/guests", { name: "Frida" });
  const refused = async (name: string) => (await enter(name)).end();
  const taken = { code: 1008, reason: "Username already taken" };
  expect([await refused("Frida"), await refused("FRIDA")]).toEqual([taken, taken]);
  await ask("PUT", "/api/me/password", { password: "a good password" }, token);
  const session = await ask("POST", "/api/sign-in", { name: "frida", password: "a good password" });
  expect([await refused("Frida"), await refused("Fri\u200bda")]).toEqual([taken, taken]);
  for (const proof of [token, session.token]) {
    const frida = await OldClient.open(`${parley.url}/ws/frida?token=${proof}`);
    expect(await frida.next()).toBe("System: frida has joined the chat");
    frida.say("it is me");
    expect(await frida.next()).toBe("frida: it is me");
    await frida.leave();
  }
  const [one, other] = [await OldClient.open(`${parley.url}/ws/frida?token=${token}`), await enter("gustav")];
  for (const client of [one, other]) await client.next();
  await ask("POST", "/api/sign-out", { everywhere: true }, token);
  expect(await one.end()).toEqual({ code: 1008, reason: "Signed out" });
  expect([await other.next(), await other.rest()]).toEqual(["System: frida has left the chat", []]);
  await other.leave();
  expect((await handshake(`${parley.url}/ws/frida?token=${session.token}`)).status).toBe(403);
  expect(await refused("frida")).toEqual(taken);
  const gina = await enter("gina");
  expect(await gina.next()).toBe("System: gina has joined the chat");
  await gina.leave();
});
