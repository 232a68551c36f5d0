import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configFrom } from "@parley/server/config";
import { VARIABLES } from "@parley/server/config/variables";
import { caddy, dockerCompose, orSkip, strace, systemdAnalyze } from "../../tools/debian.ts";
import { ROOT } from "../../tools/source/tree.ts";
import { freePort, temporaryFolder } from "../kit/process.ts";
import { ask } from "./kit/ask.ts";
import { startConfined } from "./kit/confined.ts";
import { rootRights } from "./kit/debian-root.ts";
import { lastOf, type Stage, stagesOf } from "./kit/dockerfile.ts";
import { Talking } from "./kit/talking.ts";
import { callsIn, Unit } from "./kit/unit.ts";

interface Service {
  build?: { context: string; dockerfile: string };
  image: string;
  environment: Record<string, string>;
  volumes: string[];
  read_only?: boolean;
  cap_drop?: string[];
  ports?: { published: number }[];
}

const folder = temporaryFolder();
afterAll(folder.remove);

const text = (path: string) => readFileSync(join(ROOT, path), "utf8");
// One after the other: packages cannot be installed side by side.
const compose = await orSkip(dockerCompose());
const webServer = await orSkip(caddy());
const systemd = await orSkip(systemdAnalyze());
const watcher = await orSkip(strace());
const root = await orSkip(rootRights());

/** What Compose makes of compose.yaml, beside a file .env with these lines. */
async function composed(env: string) {
  const place = join(folder.path, "clone/deploy");
  mkdirSync(place, { recursive: true });
  for (const name of ["compose.yaml", "Caddyfile"]) cpSync(join(ROOT, "deploy", name), join(place, name));
  writeFileSync(join(place, ".env"), env);
  const plain = { PATH: process.env.PATH ?? "", HOME: folder.path };
  return ask([compose ?? "", "config"], { cwd: place, env: plain });
}

test.skipIf(!compose)(
  "[DEP7] Compose understands compose.yaml, and asks for the one thing that it must be told",
  async () => {
    const { code, output } = await composed(text(".env.example"));
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining("write DOMAIN=chat.example.org") });
  },
);

test.skipIf(!compose)(
  "[DEP7] Compose starts the image on its volume, with what .env says, and Caddy before it",
  async () => {
    const env = "DOMAIN=chat.example.org\nPARLEY_MAX_TEXT=4000\nPORT=9999\n";
    const { code, output } = await composed(env);
    expect([code, output]).toEqual([0, expect.any(String)]);
    const { services, volumes } = Bun.YAML.parse(output) as {
      services: Record<"parley" | "caddy", Service>;
      volumes: object;
    };
    const image = stagesOf(text("deploy/Dockerfile")).at(-1) as Stage;
    expect(services.parley.build).toEqual({ context: join(folder.path, "clone"), dockerfile: "deploy/Dockerfile" });
    const config = configFrom(services.parley.environment);
    expect(config).toMatchObject({ host: "0.0.0.0", data: lastOf(image, "VOLUME").rest, chat: { text: 4000 } });
    expect(services.caddy.environment).toEqual({ DOMAIN: "chat.example.org", UPSTREAM: `parley:${config.port}` });
    expect(services.parley.volumes).toEqual([`data:${config.data}:rw`]);
    expect(services.parley).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
    // Nobody gets past Caddy, so that it can be believed when it says who asks.
    expect([services.parley.ports, config.trustedProxies.length > 0]).toEqual([undefined, true]);
    expect(services.caddy.ports?.map(({ published }) => published)).toEqual([80, 443, 443]);
    expect(services.caddy.image).toMatch(/^caddy:\d+\.\d+\.\d+-alpine$/);
    expect(Object.keys(volumes).sort()).toEqual(["caddy", "certificates", "data"]);
  },
);

test.skipIf(!webServer)(
  "[DEP7] Caddy understands the Caddyfile, with a name and without, and would not write it otherwise",
  async () => {
    const home = { PATH: process.env.PATH ?? "", HOME: folder.path };
    const path = join(ROOT, "deploy/Caddyfile");
    const check = [webServer ?? "", "validate", "--adapter", "caddyfile", "--config", path];
    for (const env of [home, { ...home, DOMAIN: "chat.example.org", UPSTREAM: "parley:8000" }]) {
      const { code, output } = await ask(check, { env });
      expect([code, output]).toEqual([0, expect.stringContaining("Valid configuration")]);
    }
    expect(await ask([webServer ?? "", "fmt", path], { env: home })).toEqual({
      code: 0,
      output: text("deploy/Caddyfile"),
    });
  },
);

const unit = new Unit(text("deploy/parley.service"));

/** The unit, with this clone where it says /opt/parley. */
function unitHere(): string {
  const path = join(folder.path, "parley.service");
  writeFileSync(path, text("deploy/parley.service").replaceAll("/opt/parley", ROOT));
  return path;
}

test.skipIf(!systemd)(
  "[DEP8] systemd finds no fault with the unit, and hardly anything that it could do outside its folder",
  async () => {
    const path = unitHere();
    expect(await ask([systemd ?? "", "verify", path])).toEqual({ code: 0, output: "" });
    // Tenths: 100 is a service that may do everything; 20 and less is as closed as one with a network can be.
    const judged = await ask([systemd ?? "", "security", "--offline=true", "--threshold=20", "--no-pager", path]);
    expect([judged.code, judged.output]).toEqual([0, expect.stringContaining("Overall exposure level")]);
  },
);

test("[DEP8] the unit sets nothing that Parley does not know, and keeps everything in its own folder", () => {
  const { environment } = unit;
  const ours = Object.keys(environment).filter((name) => !/^(NODE_ENV|DO_NOT_TRACK|BUN_\w+)$/.test(name));
  expect(ours.filter((name) => !Object.hasOwn(VARIABLES, name))).toEqual([]);
  expect(environment.PARLEY_DATA).toBe(`/var/lib/${unit.one("StateDirectory")}`);
});

test.skipIf(!systemd || !watcher)(
  "[DEP8] what the unit starts answers, stops in order, and asks the system for nothing that the unit forbids",
  async () => {
    const [port, trace] = [String(await freePort()), join(folder.path, "trace")];
    const here = { PORT: port, HOST: "127.0.0.1", PARLEY_DATA: join(folder.path, "data") };
    const env = { PATH: "/usr/bin:/bin", ...unit.environment, ...here };
    const words = (line: string) => line.replaceAll("/opt/parley", ROOT).split(" ");
    const watch = [watcher ?? "", "-D", "-f", "-qq", "-o", trace];
    const child = Bun.spawn([...watch, ...words(unit.one("ExecStart"))], {
      cwd: ROOT,
      env,
      stdout: "pipe",
      stderr: "pipe",
    });
    const [, ready = ""] = /^\/bin\/sh -c '(.*)'$/.exec(unit.one("ExecStartPost")) ?? [];
    const started = await ask(["/bin/sh", "-c", ready], { cwd: ROOT, env });
    expect([started.code, started.output]).toEqual([0, expect.stringContaining("is ready.")]);
    const people = new Talking(`http://127.0.0.1:${port}`, "unit");
    await people.met();
    await people.talk();
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    const allowed = callsIn(
      ["@default", ...unit.one("SystemCallFilter").split(" ")],
      (await ask([systemd ?? "", "syscall-filter"])).output,
    );
    const told = readFileSync(trace, "utf8");
    const asked = new Set(
      [...told.matchAll(/^\d+ +(?:<\.\.\. )?([a-z]\w+)(?=\(| resumed)/gm)].map(([, name]) => name ?? ""),
    );
    expect(asked.size).toBeGreaterThan(30);
    expect([...asked].filter((name) => !allowed.has(name))).toEqual([]);
    const families = new Set([...told.matchAll(/ socket\((AF_\w+)/g)].map(([, family]) => family ?? ""));
    const permitted = unit.one("RestrictAddressFamilies").split(" ");
    expect([...families].filter((family) => !permitted.includes(family))).toEqual([]);
    expect(families.has("AF_INET")).toBe(true);
  },
);

test.skipIf(!root)(
  "[DEP8] what the unit starts needs no right, and nothing that it can write but its own folder",
  async () => {
    const [port, data] = [String(await freePort()), join(folder.path, "confined")];
    const env = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", ...unit.environment, PORT: port, HOST: "127.0.0.1" };
    const child = startConfined(unit.one("ExecStart").split(" "), ROOT, data, env);
    const said = new Response(child.stderr).text();
    const [url, until] = [`http://127.0.0.1:${port}`, Date.now() + 20_000];
    while (!(await fetch(`${url}/ready`).catch(() => null))?.ok) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(await said);
      await Bun.sleep(20);
    }
    const people = new Talking(url, "confined");
    await people.met();
    await people.talk();
    child.kill("SIGTERM");
    expect([await child.exited, readdirSync(data).includes("parley.db")]).toEqual([0, true]);
    expect(statSync(join(data, "secret.key")).mode & 0o077).toBe(0);
  },
);
