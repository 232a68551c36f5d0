import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { caddy, orSkip } from "../../tools/debian.ts";
import { ROOT } from "../../tools/source/tree.ts";
import { browserPath, openBrowser } from "../e2e/kit/browser.ts";
import { Visitor } from "../e2e/kit/visitor.ts";
import { Line } from "../kit/node.ts";
import { OldClient } from "../kit/old-client.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { AccessLog } from "./kit/access-log.ts";
import { ask } from "./kit/ask.ts";
import { cookieAt, KEPT } from "./kit/keeps.ts";
import { Talking } from "./kit/talking.ts";
import { WebServer } from "./kit/web-server.ts";

const IDLE_MS = 20_000;
const folder = temporaryFolder();
const program = await orSkip(caddy());
const certificate = join(folder.path, "home/caddy/pki/authorities/local/root.crt");
const [plain, safe] = [await freePort(), await freePort()];
const url = `https://localhost:${safe}`;
const access = new AccessLog(join(folder.path, "logs"));
let parley: ServerProcess;
let front: WebServer;
let ca: string;

/** The Caddyfile as it is, on ports and in a folder of the test, and on this machine only. */
function caddyfile(): string {
  const options = [
    "admin off",
    "skip_install_trust",
    "default_bind 127.0.0.1",
    `http_port ${plain}`,
    `https_port ${safe}`,
  ];
  const path = join(folder.path, "Caddyfile");
  writeFileSync(path, `{\n${options.join("\n")}\n}\n${readFileSync(join(ROOT, "deploy/Caddyfile"), "utf8")}`);
  return path;
}

beforeAll(async () => {
  if (!program) return;
  const built = await ask(["node", join(ROOT, "tools/launch.mjs"), "build"]);
  if (built.code !== 0) throw new Error(built.output);
  const port = await freePort();
  // A beat that does not come: what is silent here is silent on the line.
  const env = {
    PARLEY_TRUSTED_PROXIES: "127.0.0.1",
    PARLEY_BEAT_MS: "600000",
    LOG_LEVEL: "info",
    LOG_DIR: access.folder,
  };
  parley = new ServerProcess({ port, data: join(folder.path, "data"), env });
  await parley.start();
  const home = join(folder.path, "home");
  mkdirSync(home);
  const here = { PATH: process.env.PATH ?? "", HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home };
  const command = [program, "run", "--adapter", "caddyfile", "--config", caddyfile()];
  const works = async () => {
    if (!existsSync(certificate)) return false;
    ca = readFileSync(certificate, "utf8");
    return (await fetch(`${url}/health`, { tls: { ca } }).catch(() => null))?.ok === true;
  };
  const settings = { ...here, DOMAIN: "localhost, 127.0.0.1", UPSTREAM: `127.0.0.1:${port}` };
  front = await WebServer.start(command, settings, works);
}, 120_000);

afterAll(async () => {
  await front?.stop();
  await parley?.kill();
  folder.remove();
});

test.skipIf(!program)("[DEP9] behind Caddy pages and the API are there over HTTPS, and HTTP leads to it", async () => {
  const page = await fetch(url, { tls: { ca } });
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  const moved = await fetch(`http://localhost:${plain}/health`, { redirect: "manual" });
  expect([moved.status, moved.headers.get("location")]).toEqual([308, "https://localhost/health"]);
});

test.skipIf(!program)(
  "[DEP9] behind Caddy people talk over WSS, on the SDK and in a dialect, and close codes arrive",
  async () => {
    const people = new Talking(url, "safe", certificate);
    await people.met();
    await people.talk();
    const ada = await OldClient.open(`${url}/dialects/plain/ws/Ada`, ca);
    const twin = await OldClient.open(`${url}/dialects/plain/ws/Ada`, ca);
    expect(await ada.next()).toContain("Ada");
    while (twin.closed === null) await Bun.sleep(10);
    expect(twin.closed.code).toBe(1008);
  },
);

test.skipIf(!program || !browserPath)(
  "[DEP9] behind Caddy a browser has all of the app, in a secure page",
  async () => {
    const browser = await openBrowser();
    try {
      // Its certificate is Caddy's own.
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const ida = new Visitor(await context.newPage());
      const sockets: string[] = [];
      ida.page.on("websocket", (socket) => sockets.push(socket.url()));
      await ida.page.goto(`https://127.0.0.1:${safe}`);
      await ida.comeIn("Ida");
      await ida.createRoom("Secure");
      await ida.say("Over WSS.");
      await ida.hasSent("Over WSS.");
      expect(await ida.page.evaluate(() => isSecureContext)).toBe(true);
      expect(sockets).toEqual([`wss://127.0.0.1:${safe}/socket`]);
    } finally {
      await browser.close();
    }
  },
);

test.skipIf(!program)("[DEP9] behind Caddy a line on which nobody says a word stays open", async () => {
  const line = await Line.enter(`${url.replace("https", "wss")}/socket`, "Silent", {}, ca);
  const heard = line.frames.length;
  await Bun.sleep(IDLE_MS);
  expect([line.frames.length, line.closedWith]).toEqual([heard, null]);
  expect(await line.ask({ t: "list_rooms" })).toMatchObject({ t: "ok" });
});

test.skipIf(!program)(
  "[DEP9] behind Caddy a cookie is for TLS and our own pages only, whatever others pretend",
  async () => {
    expect(await cookieAt(url, ca)).toEqual(KEPT);
  },
);

test.skipIf(!program)(
  "[DEP9] behind Caddy Parley knows the client's own address, whatever the client pretends",
  async () => {
    const from = (address: string, path: string, ...more: string[]) =>
      ask(["node", join(import.meta.dir, "kit/from-elsewhere.mjs"), address, `${url}${path}`, certificate, ...more]);
    expect(await from("127.0.0.7", "/health")).toEqual({ code: 0, output: "200\n" });
    expect(await from("127.0.0.8", "/socket", "--socket")).toEqual({ code: 0, output: "101\n" });
    const [asked, shook] = [await access.from("127.0.0.7"), await access.from("127.0.0.8")];
    expect(asked).toMatchObject({ path: "/health", request: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(shook).toMatchObject({ path: "/socket", status: 101 });
    expect(access.all).not.toMatch(/203\.0\.113\.9|chosen/);
  },
);

test.skipIf(!program)("[DEP11] a server behind Caddy is proven over TLS, bad lines included", async () => {
  const prove = ["cli/main.ts", "prove", "--url", url, "--seconds", "3", "--clients", "12", "--faults", "all"];
  const env = { PATH: process.env.PATH ?? "", HOME: folder.path, NODE_EXTRA_CA_CERTS: certificate };
  const { code, output } = await ask([process.execPath, "--no-install", ...prove], { cwd: ROOT, env });
  expect([code, output]).toEqual([0, expect.stringContaining(url)]);
  const stranger = await ask([process.execPath, "--no-install", ...prove], {
    cwd: ROOT,
    env: { ...env, NODE_EXTRA_CA_CERTS: "" },
  });
  const sentence = `parley: The certificate of ${url} is not trusted (`;
  expect(stranger).toEqual({ code: 1, output: expect.stringContaining(sentence) });
});

test.skipIf(!program)(
  "[DEP10] when Parley starts anew behind Caddy everybody is told when to come back, and who asks meanwhile waits",
  async () => {
    const line = await Line.enter(`${url.replace("https", "wss")}/socket`, "Told", {}, ca);
    const old = await OldClient.open(`${url}/dialects/plain/ws/Old`, ca);
    const people = new Talking(url, "again", certificate);
    await people.met();
    expect(await parley.stop()).toBe(0);
    expect([await line.closed(), line.frames.at(-1)]).toEqual([4000, expect.objectContaining({ t: "bye" })]);
    while (old.closed === null) await Bun.sleep(10);
    expect(old.closed.code).toBe(1012);
    const asked = fetch(`${url}/health`, { tls: { ca } });
    await Bun.sleep(1_000);
    await parley.start();
    expect((await asked).status).toBe(200);
    await people.talk();
  },
);
