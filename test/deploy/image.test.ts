import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import server from "../../server/package.json" with { type: "json" };
import { orSkip } from "../../tools/debian.ts";
import { ROOT } from "../../tools/source/tree.ts";
import { freePort, temporaryFolder } from "../kit/process.ts";
import { Context } from "./kit/context.ts";
import { Bases, baseIn } from "./kit/debian-root.ts";
import { lastOf, stagesOf } from "./kit/dockerfile.ts";
import { Image } from "./kit/image.ts";
import { Talking } from "./kit/talking.ts";

const BUILD_MS = 240_000;
const folder = temporaryFolder();
afterAll(folder.remove);

const text = (path: string) => readFileSync(join(ROOT, path), "utf8");
const stages = stagesOf(text("deploy/Dockerfile"));
const context = new Context(ROOT, text(".dockerignore"));
const bases = await orSkip(new Bases(folder.path).bring(stages.map(({ base }) => base)));
let image: Image;

beforeAll(async () => {
  if (bases) image = await Image.build(stages, context, bases, folder.path);
}, BUILD_MS);

/** Starts what `docker run` would, and resolves when it answers. */
async function run(env: Record<string, string>): Promise<{ url: string; stop(): Promise<number> }> {
  const port = String(await freePort());
  const child = image.start(image.command, { HOST: "127.0.0.1", PORT: port, ...env });
  const url = `http://127.0.0.1:${port}`;
  const said = new Response(child.stderr).text();
  while (!(await fetch(`${url}/ready`).catch(() => null))?.ok) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${await said}`);
    await Bun.sleep(20);
  }
  return {
    url,
    stop: () => {
      child.kill("SIGTERM");
      return child.exited;
    },
  };
}

test("[DEP4] the image is based on pinned versions, and no step of it names a secret", () => {
  expect(stages.map(({ base }) => baseIn(base))).toMatchObject([
    { name: "node", suite: "bookworm" },
    { name: "debian", suite: "bookworm" },
  ]);
  const words = stages.flatMap(({ instructions }) => instructions).filter(({ name }) => /^(ENV|ARG)$/.test(name));
  expect(words.map(({ rest }) => rest).join(" ")).not.toMatch(/SECRET|TOKEN|PASSWORD|KEY/);
});

test("[DEP4] nothing reaches a build but what the image is made of", () => {
  for (const path of ["package-lock.json", ".npmrc", "server/main.ts", "web/main.tsx", "tools/launch.mjs"])
    expect([path, context.has(path)]).toEqual([path, true]);
  const kept = [".env", ".git/config", "data/secret.key", "deploy/.env", "node_modules/bun/package.json", ".parley/x"];
  for (const path of [...kept, "web/node_modules/x", "web/dist/index.html", "test/kit/raw.ts", "server/config.test.ts"])
    expect([path, context.has(path)]).toEqual([path, false]);
});

test.skipIf(!bases)("[DEP5] the image holds the pinned Bun, and nothing that only builds or tests", async () => {
  const version = await image.run(["bun", "--version"]);
  expect(version).toEqual({ code: 0, output: `${manifest.devDependencies.bun}\n` });
  for (const absent of [
    "usr/local/bin/node",
    "usr/local/bin/npm",
    "parley/tools",
    "parley/test",
    "parley/web/main.tsx",
  ])
    expect([absent, existsSync(join(image.root, absent))]).toEqual([absent, false]);
  const files = readdirSync(join(image.root, "parley"), { recursive: true, encoding: "utf8" });
  const ours = files.filter((file) => !file.startsWith("node_modules/"));
  expect(ours.filter((file) => /\.test\.tsx?$|\.env$|\.key$|\.db$/.test(file))).toEqual([]);
  expect(files.filter((file) => /node_modules\/(vite|react|typescript|bun)\//.test(file))).toEqual([]);
});

test.skipIf(!bases)(
  "[DEP5] every package that the server may ask for is in the image, with all that it needs",
  async () => {
    const imported = Object.keys(server.dependencies).filter(
      (name) => !/^@parley\/|^redoc$|^swagger-ui-dist$/.test(name),
    );
    const script = `for (const name of ${JSON.stringify(imported)}) await import(name)`;
    expect(await image.run(["bun", "--no-install", "-e", script])).toEqual({ code: 0, output: "" });
  },
);

test.skipIf(!bases)("[DEP5] what the image adds to Debian stays below 135 MB", () => {
  const added = ["parley", "usr/local"].map((path) => bytesBelow(join(image.root, path)));
  expect(added.reduce((sum, bytes) => sum + bytes) / 1e6).toBeLessThan(135);
});

test.skipIf(!bases)(
  "[DEP6] the server of the image runs as nobody in particular, and can write its volume only",
  async () => {
    expect(image.user).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
    const writable = "find / -xdev ( -path /proc -o -path /dev ) -prune -o -writable ! -type l -print".split(" ");
    const { output } = await image.run(writable);
    const places = output.split("\n").filter((line) => line.startsWith("/"));
    expect(places.sort()).toEqual(["/data", "/run/lock", "/tmp", "/var/tmp"]);
    expect(stages.at(-1) && lastOf(stages.at(-1) as (typeof stages)[0], "VOLUME").rest).toBe("/data");
  },
);

test.skipIf(!bases)(
  "[DEP6] people talk over what the image starts, its health check tells, and a stop is in order",
  async () => {
    const sick = await image.run(image.health.command, { PORT: String(await freePort()) });
    expect(sick.code).toBe(1);
    const first = await run({});
    const { port } = new URL(first.url);
    expect(await image.run(image.health.command, { PORT: port })).toMatchObject({ code: 0 });
    expect(await (await fetch(first.url)).text()).toContain('<div id="root">');
    for (const path of ["/docs", "/redoc", "/legacy/plain/"])
      expect([path, (await fetch(first.url + path)).status]).toEqual([path, 200]);
    const people = new Talking(first.url, "inside");
    await people.met();
    await people.talk();
    expect(statSync(join(image.root, "data/parley.db")).uid).toBe(Number(image.user.split(":")[0]));
    expect(await first.stop()).toBe(0);
    const second = await run({});
    expect(await roomsAt(second.url)).toContain("Room inside");
    expect(await second.stop()).toBe(0);
  },
);

function bytesBelow(path: string): number {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}

async function roomsAt(url: string): Promise<string> {
  const body = JSON.stringify({ name: "Somebody else" });
  const guest = await fetch(`${url}/api/guests`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  const { token } = (await guest.json()) as { token: string };
  return (await fetch(`${url}/api/rooms`, { headers: { authorization: `Bearer ${token}` } })).text();
}
