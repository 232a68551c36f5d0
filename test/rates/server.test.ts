import { afterEach, beforeEach, expect, test } from "bun:test";
import type { ServerFrameOf } from "@parley/protocol/frames";
import { PROTOCOL_VERSION } from "@parley/protocol/version";
import { Line, secretOf } from "../kit/node.ts";
import { handshake, OldClient, timeless } from "../kit/old-client.ts";
import { ParleyProcess, temporaryFolder } from "../kit/process.ts";

let folder = temporaryFolder();
let parley: ParleyProcess | null = null;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await parley?.stop();
  parley = null;
  folder.remove();
});

/** A server with these limits. All that is asked of it comes from one address, unless a header tells another. */
async function start(limits: Record<string, string>): Promise<string> {
  const env = { PARLEY_DATA: folder.path, PARLEY_NAME_DIALECT: "plain", PARLEY_TRUSTED_PROXIES: "127.0.0.1" };
  parley = new ParleyProcess({ ...env, ...limits });
  return parley.url();
}

const from = (address: string) => ({ "x-forwarded-for": address });

function enrol(url: string, name: string, address = "192.0.2.1"): Promise<Response> {
  const headers = { "content-type": "application/json", ...from(address) };
  return fetch(`${url}/api/guests`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name, secret: secretOf(name) }),
  });
}

function me(url: string, token: string, address = "192.0.2.1"): Promise<Response> {
  return fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${token}`, ...from(address) } });
}

test("[RATE2] over HTTP who asks too much gets 429 with Retry-After, and is answered again after it", async () => {
  const url = await start({ PARLEY_PERSON_RATE: "1", PARLEY_BURST: "3" });
  await enrol(url, "Ann");
  await enrol(url, "Ben");
  const statuses = [];
  for (let n = 0; n < 3; n++) statuses.push((await me(url, secretOf("Ann"), `192.0.2.${n}`)).status);
  const refused = await me(url, secretOf("Ann"));
  expect([...statuses, refused.status]).toEqual([200, 200, 200, 429]);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({ code: "too_fast", retry_after: expect.any(Number) });
  expect((await me(url, secretOf("Ben"))).status).toBe(200);
  await Bun.sleep(1_000);
  expect((await me(url, secretOf("Ann"))).status).toBe(200);
});

test("[RATE4] an address that asks too much is refused on every path but those that watch over the server", async () => {
  const url = await start({ PARLEY_ADDRESS_RATE: "1" });
  const ask = (path: string, address = "2001:db8::1") => fetch(url + path, { headers: from(address) });
  expect((await ask("/stats")).status).toBe(200);
  const refused = await Promise.all(["/stats", "/", "/ws/x", "/nowhere", "/api/me"].map((path) => ask(path)));
  expect(refused.map(({ status }) => status)).toEqual([429, 429, 429, 429, 429]);
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  expect((await handshake(`${url}/ws/ann`, from("2001:db8::2"))).status).toBe(429);
  expect((await handshake(`${url}/socket`, from("2001:db8::3"))).status).toBe(429);
  expect([(await ask("/health")).status, (await ask("/ready")).status]).toEqual([200, 200]);
  expect((await ask("/stats", "2001:db8:0:1::1")).status).toBe(200);
});

test("[RATE5] so many newcomers and wrong tokens of one address and no more; who comes back is none of them", async () => {
  const url = await start({ PARLEY_SIGN_INS: "4" });
  expect((await enrol(url, "Ann")).status).toBe(201);
  for (let again = 0; again < 6; again++) expect((await enrol(url, "Ann")).status).toBe(200);
  const wrong = await Promise.all(["a", "b"].map((name) => me(url, secretOf(name))));
  expect(wrong.map(({ status }) => status)).toEqual([401, 401]);
  expect((await enrol(url, "Ben")).status).toBe(201);
  const late = await enrol(url, "Cid");
  expect([late.status, (await me(url, secretOf("c"))).status]).toEqual([429, 429]);
  expect(Number(late.headers.get("retry-after"))).toBeWithin(10, 16);
  for (let again = 0; again < 6; again++) expect((await me(url, secretOf("Ann"))).status).toBe(200);
  expect((await enrol(url, "Cid", "192.0.2.2")).status).toBe(201);
});

test("[RATE5] on the native socket a newcomer too many is told to wait, and whoever comes back comes in", async () => {
  const url = await start({ PARLEY_SIGN_INS: "2", PARLEY_TRUSTED_PROXIES: "" });
  const socket = `${url.replace("http", "ws")}/socket`;
  for (const name of ["Ann", "Ben", "Ann", "Ben", "Ann"]) (await Line.enter(socket, name)).close();
  const line = await Line.open(socket);
  line.say([{ t: "hello", version: PROTOCOL_VERSION, guest: { name: "Cid", secret: secretOf("Cid") } }]);
  const refused = await line.until<ServerFrameOf<"error">>(({ t }) => t === "error");
  expect(refused).toMatchObject({ code: "too_fast", retry_after: expect.any(Number) });
  line.say([{ t: "hello", version: PROTOCOL_VERSION, token: secretOf("Ann") }]);
  await line.until(({ t }) => t === "caught_up");
  line.close();
});

test("[RATE5] handshakes of old clients without a token are sign-ins, and one too many is refused with 429", async () => {
  const url = await start({ PARLEY_SIGN_INS: "3", PARLEY_TRUSTED_PROXIES: "" });
  await enrol(url, "Ann");
  const ben = await OldClient.open(`${url}/ws/ben`);
  expect(await ben.next()).toContain("ben has joined");
  await ben.leave();
  expect((await handshake(`${url}/ws/ann?token=${"x".repeat(40)}`)).status).toBe(403);
  expect((await handshake(`${url}/ws/ann?token=${"x".repeat(40)}`)).status).toBe(429);
  expect((await handshake(`${url}/ws/ben`)).status).toBe(429);
  for (let again = 0; again < 4; again++) {
    const ann = await OldClient.open(`${url}/ws/ann?token=${secretOf("Ann")}`);
    expect(await ann.next()).toContain("ann has joined");
    await ann.leave();
  }
});

const TOO_FAST = "This is faster than the limit. Try again in 1 s.";
const system = `{"type":"system","username":"ann","text":"${TOO_FAST}","timestamp":…}`;

/** How each dialect of one room says something, tells it to others, and tells its author that it was too fast. */
const OLD_WAYS = {
  plain: { path: "ws", frame: (text: string) => text, shown: /^ann: (.*)$/, refusal: `System: ${TOO_FAST}` },
  messenger: { path: "ws/chat", frame: (text: string) => text, shown: /"message".*"text":"(.*?)"/, refusal: system },
  broadcast: {
    path: "ws",
    frame: (message: string) => JSON.stringify({ message }),
    shown: /"chat_message".*"message":"(.*?)"/,
    refusal: `{"error":"${TOO_FAST}"}`,
  },
};

for (const [dialect, { path, frame, shown, refusal }] of Object.entries(OLD_WAYS)) {
  test(`[RATE7] ${dialect}: an old client that is too fast is told so in its own way, and nobody else hears of it`, async () => {
    const url = await start({ PARLEY_CONNECTION_RATE: "1", PARLEY_BURST: "4" });
    const enter = (name: string) => OldClient.open(`${url}/dialects/${dialect}/${path}/${name}`);
    const [ann, ben] = [await enter("ann"), await enter("ben")];
    for (const one of [ann, ann, ben]) await one.next();
    for (let n = 0; n < 7; n++) ann.say(frame(`line ${n}`));
    const heard = (await ann.rest()).map(timeless);
    expect(heard.filter((text) => !shown.test(text))).toEqual(Array.from({ length: 3 }, () => refusal));
    expect((await ben.rest()).map((text) => shown.exec(text)?.[1])).toEqual([0, 1, 2, 3].map((n) => `line ${n}`));
    await Bun.sleep(1_000);
    ann.say(frame("rested"));
    expect(shown.exec(await ben.next())?.[1]).toBe("rested");
  });
}

test("[RATE7] direct: an old client that is too fast is told so on that connection, which stays", async () => {
  const url = await start({ PARLEY_CONNECTION_RATE: "1", PARLEY_BURST: "4" });
  const [five, other] = [await OldClient.open(`${url}/ws/5`), await OldClient.open(`${url}/ws/5`)];
  for (const one of [five, other]) await one.next();
  for (let n = 0; n < 5; n++) five.say({ type: "ping" });
  const heard = (await five.rest()).map(timeless);
  expect(heard.filter((text) => !text.includes("pong"))).toEqual([`{"type":"error","message":"${TOO_FAST}"}`]);
  expect(await other.rest()).toEqual([]);
  await Bun.sleep(1_000);
  five.say({ type: "ping" });
  expect(await five.next()).toContain("pong");
});

test("[RATE9] off lifts every limit, and the start says so", async () => {
  const lowest = { PARLEY_PERSON_RATE: "1", PARLEY_BURST: "1", PARLEY_ADDRESS_RATE: "1", PARLEY_SIGN_INS: "1" };
  const url = await start({ ...lowest, PARLEY_RATE_LIMITS: "off" });
  expect(await (parley as ParleyProcess).said(/rate limits are off.*/)).toContain("PARLEY_RATE_LIMITS");
  for (const name of ["Ann", "Ben", "Cid"]) expect((await enrol(url, name)).status).toBe(201);
  for (let n = 0; n < 50; n++) expect((await me(url, secretOf("Ann"))).status).toBe(200);
  expect((await me(url, secretOf("nobody"))).status).toBe(401);
});

test("[RATE7] rooms ends the socket of whoever is too fast with 1009, and nobody else's", async () => {
  const url = await start({ PARLEY_CONNECTION_RATE: "4", PARLEY_BURST: "4" });
  const made = await fetch(`${url}/api/chat/rooms`, { method: "POST", body: JSON.stringify({ name: "Kitchen" }) });
  const { id } = (await made.json()) as { id: number };
  const enter = (name: string) => OldClient.open(`${url}/ws/chat/${id}?username=${name}`);
  const [ben, ann] = [await enter("ben"), await enter("ann")];
  for (let n = 0; n < 6; n++) ann.say({ content: `line ${n}` });
  expect(await ann.end()).toEqual({ code: 1009, reason: "This is faster than the limit." });
  const contents = (await ben.rest()).map((frame) => JSON.parse(frame).content);
  expect(contents.filter((content) => `${content}`.startsWith("line"))).toEqual([
    "line 0",
    "line 1",
    "line 2",
    "line 3",
  ]);
  expect(ben.closed).toBeNull();
  await ben.leave();
});

test("[RATE7] over HTTP whoever says to be somebody shares that person's limit, and is told in the dialect's words", async () => {
  const url = await start({ PARLEY_PERSON_RATE: "1", PARLEY_BURST: "2" });
  for (const number of [7, 8]) await (await OldClient.open(`${url}/dialects/direct/ws/${number}`)).leave();
  const say = (emisor_id: number) => {
    const body = JSON.stringify({ emisor_id, receptor_id: 15 - emisor_id, texto: "hello" });
    return fetch(`${url}/messages/`, { method: "POST", body, headers: { "content-type": "application/json" } });
  };
  expect([(await say(7)).status, (await say(7)).status]).toEqual([201, 201]);
  const refused = await say(7);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  expect(await refused.json()).toEqual({ detail: "This is faster than the limit." });
  expect((await say(8)).status).toBe(201);
});
