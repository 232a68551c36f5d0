import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { roomBy } from "../kit/heard.ts";
import { Line } from "../kit/node.ts";
import { OldClient } from "../kit/old-client.ts";
import { ParleyProcess, temporaryFolder } from "../kit/process.ts";

type LogLine = Record<string, unknown> & { time: string; level: string; event: string };

let folder = temporaryFolder();
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const at = (name: string) => join(folder.path, name);

function start(env: Record<string, string> = {}, command?: string[]): ParleyProcess {
  const folders = { PARLEY_DATA: at("data"), LOG_DIR: at("logs") };
  return new ParleyProcess({ ...folders, PARLEY_NAME_DIALECT: "plain", ...env }, command);
}

/** How it ended: by itself in time, or by a kill. */
async function within(ms: number, parley: ParleyProcess) {
  const late = setTimeout(() => parley.signal("SIGKILL"), ms);
  const ended = await parley.ended();
  clearTimeout(late);
  return ended;
}

function linesOf(text: string): LogLine[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as LogLine);
}

const kept = (name: string) => linesOf(readFileSync(at(`logs/${name}.log`), "utf8"));

const SECRETS = {
  guest: "guest-secret-0123456789abcdefghi",
  query: "query-secret-0123456789abcdefghi",
  bearer: "bearer-secret-0123456789abcdefgh",
  cookie: "cookie-secret-0123456789abcdefgh",
  text: "nobody else may read this line",
  edited: "nor what it was corrected to",
  refused: "nor what was refused",
  broken: "nor what is no frame",
  old: "nor what an old client says",
  direct: "nor what one number writes to another",
  password: "a password that nobody guesses",
  wrong: "a password that is not the one",
};

/** Says each secret where it belongs, and where it does not. */
async function talk(url: string): Promise<void> {
  const { guest, query, bearer, cookie, text, edited, refused, broken, old, direct, password, wrong } = SECRETS;
  const line = await Line.open(`${url.replace("http", "ws")}/socket?token=${query}`);
  line.say([{ t: "hello", version: 1, guest: { name: "Ann", secret: guest } }]);
  await line.until(({ t }) => t === "caught_up");
  const conversation = await roomBy(line, "Kitchen");
  line.say([{ t: "post", id: 1, key: "p", conversation, text }]);
  await line.ask({ t: "edit", key: "e", conversation, target: 2, text: edited });
  await line.ask({ t: "post", key: "p", conversation, text: refused });
  await line.ask({ t: "post", key: "p2", conversation: 999, text: refused });
  line.raw(broken);
  await line.ask({ t: "no_such", token: query });
  await line.ask({ t: "set_password", key: "s", password });
  await line.ask({ t: "set_password", key: "s2", password, old: wrong });
  const signIn = (said: object) => {
    const body = JSON.stringify({ name: "Ann", secret: bearer, cookie: true, ...said });
    const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
    return fetch(`${url}/api/sign-in`, { method: "POST", headers, body });
  };
  await signIn({ password: wrong });
  const { status } = await signIn({ password });
  if (status !== 200) throw new Error(`Nobody signed in: ${status}`);
  const headers = { authorization: `Bearer ${bearer}`, cookie: `session=${cookie}` };
  await fetch(`${url}/api/me?token=${query}`, { headers });
  await fetch(`${url}/api/guests`, { method: "POST", body: JSON.stringify({ name: 5, secret: guest }) });
  const dora = await OldClient.open(`${url}/ws/dora`);
  dora.say(old);
  dora.say(old.padEnd(9000, "x"));
  while (!(await dora.next()).includes("at most"));
  await OldClient.open(`${url}/ws/dora?token=${query}`);
  await dora.leave();
  const body = JSON.stringify({ emisor_id: 5, receptor_id: 6, texto: direct });
  await fetch(`${url}/messages/?token=${query}`, { method: "POST", body });
  const six = await OldClient.open(`${url}/dialects/direct/ws/6`);
  six.say({ recipient_id: 5, message: direct });
  six.say(direct);
  await six.rest();
  await six.leave();
  line.close();
}

test("[OBS1] every line goes to the standard output; requests, sockets and trouble have files of their own too", async () => {
  const parley = start();
  const url = await parley.url();
  await fetch(`${url}/nowhere?token=hidden`);
  const line = await Line.enter(url.replace("http", "ws").concat("/socket"), "Ann");
  line.close();
  await line.closed();
  const { out } = await parley.stop();
  const said = linesOf(out);
  expect(said.map(({ event }) => event)).toEqual([
    ...["request", "socket_opened", "request", "socket_entered", "socket_closed"],
  ]);
  expect(kept("access")).toEqual(said.filter(({ event }) => event === "request"));
  expect(kept("websocket")).toEqual(said.filter(({ event }) => event.startsWith("socket_")));
  expect(kept("error")).toEqual([]);
  const [asked, upgraded] = kept("access");
  expect(asked).toMatchObject({ level: "info", address: "127.0.0.1", method: "GET", path: "/nowhere", status: 404 });
  expect(upgraded).toMatchObject({ path: "/socket", status: 101 });
});

test("[OBS4] a LOG_DIR that cannot be written is one sentence at the start, and nothing is made", async () => {
  writeFileSync(at("file"), "no folder");
  mkdirSync(at("taken/access.log"), { recursive: true });
  for (const [dir, code] of [
    [at("file"), "EEXIST"],
    [at("taken"), "EISDIR"],
    ["/proc/parley", "ENOENT"],
  ]) {
    const ended = await start({ LOG_DIR: dir as string }).ended();
    const err = `parley: The folder ${dir} of LOG_DIR cannot be written (${code}).\n`;
    expect(ended).toEqual({ code: 1, out: "", err });
  }
  expect(existsSync(at("data"))).toBe(false);
});

test("[OBS3] a folder that breaks while the server runs is told on the standard output, and the server goes on", async () => {
  const parley = start();
  const url = await parley.url();
  renameSync(at("logs"), at("moved"));
  writeFileSync(at("logs"), "in the way");
  const ask = async () => (await fetch(`${url}/health`)).status;
  expect(await ask()).toBe(200);
  await Bun.sleep(200);
  expect(await ask()).toBe(200);
  rmSync(at("logs"));
  for (const late = Date.now() + 10_000; !existsSync(at("logs/access.log")) && Date.now() < late; ) await Bun.sleep(20);
  const { out, code } = await parley.stop();
  const failures = linesOf(out).filter(({ event }) => event === "log_failed");
  expect({ code, failures }).toMatchObject({ code: 0, failures: [{ level: "warn", log: "access" }] });
  expect(kept("access")).toHaveLength(2);
});

test("[OBS3] a full disk costs the lines that it has no room for, and nothing else", async () => {
  mkdirSync(at("logs"));
  symlinkSync("/dev/full", at("logs/access.log"));
  const parley = start();
  const url = await parley.url();
  for (let asked = 0; asked < 20; asked++) expect((await fetch(`${url}/health`)).status).toBe(200);
  const { out, code } = await parley.stop();
  const events = linesOf(out).map(({ event }) => event);
  expect(code).toBe(0);
  expect(events.filter((event) => event === "request")).toHaveLength(20);
  expect(linesOf(out).find(({ event }) => event === "log_failed")).toMatchObject({ log: "access" });
});

test("[OBS3] somebody who does not read the standard output holds up nobody, not even the end", async () => {
  // A pipe that is open at both ends, of which nobody ever reads.
  const unread = ["sh", "-c", 'mkfifo "$0" && exec 3<>"$0" && exec "$1" server/main.ts >&3', at("unread")];
  const parley = start({}, [...unread, process.execPath]);
  const url = await parley.url();
  for (let asked = 0; asked < 400; asked++) {
    const answer = await fetch(`${url}/${"x".repeat(1_000)}`, { signal: AbortSignal.timeout(5_000) });
    expect(answer.status).toBe(404);
  }
  parley.signal("SIGTERM");
  expect((await within(10_000, parley)).code).toBe(0);
  expect(kept("access")).toHaveLength(400);
});

test("[OBS5] each request has an id of its own in its answer and its line; whose word on it is taken, must be trusted", async () => {
  const named = { "x-request-id": "from-outside", "x-forwarded-for": "198.51.100.7, 203.0.113.9" };
  const parley = start();
  const url = await parley.url();
  const own = (await fetch(`${url}/health`, { headers: named })).headers.get("x-request-id");
  expect(own).toMatch(/^[\w-]{16}$/);
  await parley.stop();
  expect(kept("access")).toMatchObject([{ request: own, address: "127.0.0.1" }]);

  const behind = start({ PARLEY_TRUSTED_PROXIES: "127.0.0.0/8", LOG_DIR: at("behind") });
  const proxied = await behind.url();
  const given = (await fetch(`${proxied}/health`, { headers: named })).headers.get("x-request-id");
  const bad = (await fetch(`${proxied}/health`, { headers: { "x-request-id": 'no"id' } })).headers.get("x-request-id");
  await behind.stop();
  expect([given, bad]).toEqual(["from-outside", expect.stringMatching(/^[\w-]{16}$/)]);
  expect(linesOf(readFileSync(at("behind/access.log"), "utf8"))).toMatchObject([
    { request: "from-outside", address: "203.0.113.9" },
    { request: bad, address: "127.0.0.1" },
  ]);
});

test("[OBS6] a connection has one id in all its lines, with the request that it came from, who it is, and how it ended", async () => {
  const parley = start({ LOG_LEVEL: "debug" });
  const url = await parley.url();
  const line = await Line.enter(`${url.replace("http", "ws")}/socket`, "Ann");
  line.raw("no JSON");
  await line.until(({ t }) => t === "error");
  line.close();
  await line.closed();
  const dora = await OldClient.open(`${url}/ws/dora`);
  await dora.leave(1000);
  await parley.stop();
  const [native = [], plain = []] = Object.values(
    Object.groupBy(kept("websocket"), ({ connection }) => `${connection}`),
  );
  expect(native.map(({ event }) => event)).toEqual([
    ...["socket_opened", "socket_received", "socket_entered", "socket_received", "socket_refused", "socket_closed"],
  ]);
  expect(native.at(-2)).toMatchObject({ level: "debug", code: "not_json" });
  expect(plain[0]).toMatchObject({ dialect: "plain", person: expect.any(Number) });
  expect(plain.at(-1)).toMatchObject({ event: "socket_closed", code: 1000, seconds: 0 });
  const requests = kept("access").map(({ request }) => request);
  expect([native[0]?.request, plain[0]?.request]).toEqual(requests);
  expect(native[0]?.connection).not.toBe(plain[0]?.connection);
});

test("[OBS7] no level says what people wrote, or a secret: in a frame, a query, a header, a cookie", async () => {
  const parley = start({ LOG_LEVEL: "debug" });
  await talk(await parley.url());
  const { out, err } = await parley.stop();
  const files = readdirSync(at("logs")).map((name) => readFileSync(at(`logs/${name}`), "utf8"));
  expect(linesOf(out).length).toBeGreaterThan(20);
  for (const secret of Object.values(SECRETS)) {
    expect({ secret, told: [out, err, ...files].filter((text) => text.includes(secret)) }).toEqual({
      secret,
      told: [],
    });
  }
});

test("[OBS8] what was said before an end is written, also before one in a hurry", async () => {
  const parley = start();
  await fetch(`${await parley.url()}/health`);
  parley.signal("SIGTERM");
  parley.signal("SIGINT");
  await parley.ended();
  expect(kept("access").map(({ path }) => path)).toContain("/health");
});
