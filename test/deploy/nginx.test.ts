import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configFrom } from "@parley/server/config";
import { nginx, openssl, orSkip } from "../../tools/debian.ts";
import { ROOT } from "../../tools/source/tree.ts";
import { OldClient } from "../kit/old-client.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { AccessLog } from "./kit/access-log.ts";
import { ask } from "./kit/ask.ts";
import { cookieAt, KEPT } from "./kit/keeps.ts";
import { Talking } from "./kit/talking.ts";
import { WebServer } from "./kit/web-server.ts";

/** How patient nginx is here; as documented it is a minute. */
const PATIENCE_MS = 2_000;
const folder = temporaryFolder();
const [program, maker] = [await orSkip(nginx()), await orSkip(openssl())];
const able = program !== undefined && maker !== undefined;
const [plain, safe, port] = [await freePort(), await freePort(), await freePort()];
const [url, certificate] = [`https://localhost:${safe}`, join(folder.path, "fullchain.pem")];
const access = new AccessLog(join(folder.path, "logs"));
const site = /```nginx\n(.*?)```/s.exec(readFileSync(join(ROOT, "docs/hosting.md"), "utf8"))?.[1] ?? "";
let front: WebServer;

function parley(beat: number): ServerProcess {
  const env = {
    PARLEY_TRUSTED_PROXIES: "127.0.0.1",
    PARLEY_BEAT_MS: `${beat}`,
    LOG_LEVEL: "info",
    LOG_DIR: access.folder,
  };
  return new ServerProcess({ port, data: join(folder.path, "data"), env });
}

/** The site as it is documented, on ports and with names of the test. */
function siteHere(): string {
  const changes: [string, string][] = [
    ["listen 443", `listen 127.0.0.1:${safe}`],
    ["listen 80", `listen 127.0.0.1:${plain}`],
    ["/etc/letsencrypt/live/chat.example.org", folder.path],
    ["chat.example.org", "localhost"],
    ["127.0.0.1:8000", `127.0.0.1:${port}`],
    ["proxy_read_timeout 60s", `proxy_read_timeout ${PATIENCE_MS}ms`],
  ];
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`docs/hosting.md does not say ${from}.`);
    return text.replaceAll(from, to);
  }, site);
}

function configuration(): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder.path}/temp;`,
  );
  mkdirSync(join(folder.path, "temp"));
  const path = join(folder.path, "nginx.conf");
  const main = "daemon off; master_process off; pid nginx.pid; error_log stderr;";
  writeFileSync(path, `${main}\nevents {}\nhttp {\naccess_log off;\n${temporary.join("\n")}\n${siteHere()}\n}\n`);
  return path;
}

beforeAll(async () => {
  if (!able) return;
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
  const files = ["-keyout", join(folder.path, "privkey.pem"), "-out", certificate];
  const made = await ask([maker, "req", "-x509", "-newkey", "rsa:2048", "-noenc", ...subject, ...files]);
  if (made.code !== 0) throw new Error(made.output);
  const ca = readFileSync(certificate, "utf8");
  const works = () =>
    fetch(url, { tls: { ca } }).then(
      () => true,
      () => false,
    );
  front = await WebServer.start(
    [program, "-p", folder.path, "-c", configuration()],
    { PATH: process.env.PATH ?? "" },
    works,
  );
}, 60_000);

afterAll(async () => {
  await front?.stop();
  folder.remove();
});

test.skipIf(!able)("[DEP12] behind nginx people talk over WSS, and Parley knows the client's own address", async () => {
  const server = parley(25_000);
  await server.start();
  try {
    const people = new Talking(url, "nginx", certificate);
    await people.met();
    await people.talk();
    const asking = join(import.meta.dir, "kit/from-elsewhere.mjs");
    const asked = await ask(["node", asking, "127.0.0.9", `${url}/health`, certificate]);
    expect(asked).toEqual({ code: 0, output: "200\n" });
    expect(await access.from("127.0.0.9")).toMatchObject({
      path: "/health",
      request: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(access.all).not.toMatch(/203\.0\.113\.9|chosen/);
    expect(await cookieAt(url, readFileSync(certificate, "utf8"))).toEqual(KEPT);
    const moved = await fetch(`http://localhost:${plain}/health`, { redirect: "manual" });
    expect([moved.status, moved.headers.get("location")]).toEqual([301, "https://localhost/health"]);
  } finally {
    await server.kill();
  }
});

test.skipIf(!able)(
  "[DEP12] behind nginx a silent line stays open where Parley beats more often than nginx is patient, and only there",
  async () => {
    expect(Number(/proxy_read_timeout (\d+)s/.exec(site)?.[1]) * 1000).toBeGreaterThan(2 * configFrom({}).socket.beat);
    const authority = readFileSync(certificate, "utf8");
    const cut: boolean[] = [];
    for (const beat of [PATIENCE_MS / 4, 600_000]) {
      const server = parley(beat);
      await server.start();
      const silent = await OldClient.open(`${url}/dialects/plain/ws/Silent`, authority);
      expect(await silent.next()).toContain("Silent");
      await Bun.sleep(2 * PATIENCE_MS);
      cut.push(silent.closed !== null);
      await server.kill();
    }
    expect(cut).toEqual([false, true]);
  },
);
