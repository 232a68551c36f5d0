import { afterEach, beforeEach, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../source/tree.ts";
import { Clone } from "./fixture.ts";

let clone: Clone;
beforeEach(() => {
  clone = new Clone();
});
afterEach(() => clone.remove());

/** The one sentence of a launch that failed. */
async function sentence(args: string[], env: Record<string, string | undefined> = {}): Promise<string> {
  const { code, err, out } = await clone.launch(args, env);
  expect(code).toBe(1);
  expect(out).toBe("");
  return err.trimEnd().split("\n").at(-1) ?? "";
}

test("[HOUSE10] the first start brings the packages, the next ones do not", async () => {
  const first = await clone.launch(["start"]);
  expect(first).toMatchObject({ code: 0, out: "serving\n" });
  expect(first.err).toContain("installing");
  const second = await clone.launch(["start"]);
  expect(second).toEqual({ code: 0, out: "serving\n", err: "" });
  expect(clone.asked("npm")).toBe(1);
});

test("[HOUSE10] a changed lock file brings them again, an install that failed counts for nothing", async () => {
  await clone.launch(["start"]);
  clone.lock({ "node_modules/hono": { version: "4.0.0" } });
  expect((await clone.launch(["start"], { FAKE_NPM: "code ENOTFOUND" })).code).toBe(1);
  expect((await clone.launch(["start"])).code).toBe(0);
  expect(clone.asked("npm")).toBe(3);
});

test("[HOUSE10] packages that somebody brought with npm themselves are taken as they are", async () => {
  await clone.launch(["start"]);
  clone.lock({
    "node_modules/hono": { version: "4.0.0" },
    "node_modules/other-os": { version: "1.0.0", optional: true },
  });
  const record = (version: string) =>
    JSON.stringify({ packages: { "node_modules/bun": { version: Bun.version }, "node_modules/hono": { version } } });
  clone.write("node_modules/.package-lock.json", record("3.9.9"));
  await clone.launch(["start"]);
  expect(clone.asked("npm")).toBe(2);
  clone.lock({ "node_modules/hono": { version: "4.0.1" } });
  clone.write("node_modules/.package-lock.json", record("4.0.1"));
  await clone.launch(["start"]);
  expect(clone.asked("npm")).toBe(2);
});

test("[HOUSE10] two launches at once install once", async () => {
  const both = await Promise.all([clone.launch(["start"]), clone.launch(["parley", "serve"])]);
  expect(both.map(({ code, out }) => [code, out])).toEqual([
    [0, "serving\n"],
    [0, "serving\n"],
  ]);
  expect(clone.asked("npm")).toBe(1);
});

test("[HOUSE10] a launcher that died while installing keeps nobody out", async () => {
  const dead = Bun.spawnSync(["true"]).pid;
  clone.write(".parley/install.pid", String(dead));
  expect((await clone.launch(["start"])).code).toBe(0);
});

test("[HOUSE11] an old Node is told so", async () => {
  const script = 'import("./tools/launch.mjs").then((it) => it.launch("start", [], "18.20.1"))';
  const child = clone.start(["-e", script]);
  expect(await new Response(child.stderr).text()).toBe("parley: Node 20 or newer is needed; this is Node 18.20.1.\n");
  expect(await child.exited).toBe(1);
});

test.each([
  ["code ENOTFOUND network request failed", /could not reach its package registry/],
  ["code ENOSPC no space left on device", /the disk is full/],
  ["code EACCES permission denied, mkdir", /npm may not write into/],
  ["code EUSAGE npm ci can only install with", /package\.json and package-lock\.json disagree/],
  ["code EWHATEVER something new", /npm could not install the packages: code EWHATEVER something new/],
])("[HOUSE11] npm failing with %p is one clear sentence", async (words, expected) => {
  expect(await sentence(["start"], { FAKE_NPM: words })).toMatch(expected);
});

test("[HOUSE11] a machine without npm, one that Bun does not exist for, and a broken clone are told so", async () => {
  const nowhere = { npm_execpath: undefined, PATH: join(clone.folder, "bin") };
  expect(await sentence(["start"], nowhere)).toStartWith("parley: npm was not found");
  clone.lock({ "node_modules/@oven/bun-plan9": { version: Bun.version, os: ["plan9"], cpu: ["mips"] } });
  expect(await sentence(["start"])).toStartWith("parley: Bun, which Parley runs on, does not exist for");
  clone.write("package-lock.json", "");
  expect(await sentence(["start"])).toContain("this clone is not complete");
  expect(await sentence(["sing"])).toContain('there is no task "sing"');
});

test("[HOUSE11] a clone that may not be written is told so", async () => {
  clone.write(".parley", "a file where a folder should be");
  expect(await sentence(["start"])).toEndWith(".parley cannot be used (EEXIST); please make this clone yours.");
});

test("[HOUSE12] arguments go through, and the exit code comes back", async () => {
  expect((await clone.launch(["start", "--quiet"])).out).toBe("serving --quiet\n");
  const child = clone.start(["bin/parley.mjs", "chat", "--room", "hall"]);
  expect(await new Response(child.stdout).text()).toBe("cli chat --room hall\n");
  expect(await child.exited).toBe(3);
});

test("[DEP1] npm start reads the .env beside it as it stands, and the real environment goes before it", async () => {
  const names = ["PORT", "LOG_LEVEL", "SECRET_KEY", "PARLEY_DATA"];
  clone.write("server/main.ts", `console.log(JSON.stringify(${JSON.stringify(names)}.map((n) => process.env[n])));`);
  clone.write(".env", "# mine\nPORT=81\nLOG_LEVEL=debug # all of it\nSECRET_KEY='a$HOME#b'\nPARLEY_DATA=/from/file\n");
  clone.write("elsewhere/.env", "PORT=82\n");
  const env = { PORT: undefined, LOG_LEVEL: "", SECRET_KEY: undefined, PARLEY_DATA: "/from/env" };
  const expected = JSON.stringify(["81", "", "a$HOME#b", "/from/env"]);
  expect((await clone.launch(["start"], env)).out).toBe(`${expected}\n`);
  expect((await clone.launch(["parley", "serve"], env)).out).toBe(`${expected}\n`);
});

test("[DEP1] without the file nothing is set, and only a server and who asks for it read it", async () => {
  clone.write("cli/main.ts", "console.log(process.env.PORT);");
  clone.write(".env", "PORT=81\n");
  expect((await clone.launch(["parley", "health"], { PORT: undefined })).out).toBe("81\n");
  expect((await clone.launch(["parley", "prove"], { PORT: undefined })).out).toBe("undefined\n");
  rmSync(join(clone.folder, ".env"));
  clone.write("server/main.ts", "console.log(process.env.PORT);");
  expect((await clone.launch(["start"], { PORT: undefined })).out).toBe("undefined\n");
});

test("[DEP1] neither Bun nor its tests read a .env by themselves here", async () => {
  cpSync(join(ROOT, "bunfig.toml"), join(clone.folder, "bunfig.toml"));
  for (const name of [".env", ".env.local", ".env.test"]) clone.write(name, "PORT=81\n");
  clone.write("alone.test.ts", "require('bun:test').test('x', () => console.log(`port ${process.env.PORT}`));");
  clone.write("alone.ts", "console.log(`port ${process.env.PORT}`);");
  const env = { PATH: process.env.PATH, HOME: clone.folder };
  for (const words of [["alone.ts"], ["test", "alone.test.ts"]]) {
    const { stdout } = Bun.spawnSync([process.execPath, ...words], { cwd: clone.folder, env });
    expect(stdout.toString()).toContain("port undefined");
  }
});

test("[DEP1] a .env that cannot be read is told so", async () => {
  mkdirSync(join(clone.folder, ".env"));
  expect(await sentence(["start"])).toBe(`parley: ${join(clone.folder, ".env")} cannot be read (EISDIR).`);
});

test("[HOUSE12] a signal reaches what was launched, and the launcher waits for its end", async () => {
  const stop = "process.on('SIGTERM', () => setTimeout(() => { console.log('stopped'); process.exit(7); }, 50));";
  clone.write("server/main.ts", `${stop} console.log('ready'); setInterval(() => {}, 1000);\n`);
  await clone.launch(["build"]);
  const child = clone.start(["tools/launch.mjs", "start"]);
  let output = "";
  for await (const chunk of child.stdout) {
    output += new TextDecoder().decode(chunk);
    if (output === "ready\n") child.kill("SIGTERM");
  }
  expect(output).toBe("ready\nstopped\n");
  expect(await child.exited).toBe(7);
});

test("[HOUSE12] what npm launched does not outlive the shell it was launched in", async () => {
  clone.write("server/main.ts", "console.log(process.pid); setInterval(() => {}, 1000);\n");
  await clone.launch(["build"]);
  clone.write(
    "shell.cjs",
    `require("node:child_process").spawn(process.execPath, ["tools/launch.mjs", "start"], { stdio: "inherit" });
     setInterval(() => {}, 1000);`,
  );
  const shell = clone.start(["shell.cjs"], { npm_lifecycle_event: "start" });
  let output = "";
  for await (const chunk of shell.stdout) {
    output += new TextDecoder().decode(chunk);
    if (/^\d+\n$/.test(output)) shell.kill("SIGKILL");
  }
  // The stream ends when the last process that holds it is gone.
  expect(() => process.kill(Number(output), 0)).toThrow();
});

test("[HOUSE13] the web app is built when its sources changed, and only then", async () => {
  clone.write("web/index.html", "<p>one</p>");
  clone.write("client/index.ts", "export {};");
  await clone.launch(["start"]);
  await clone.launch(["start"]);
  expect(clone.asked("vite")).toBe(1);
  clone.write("client/index.ts", "export const two = 2;");
  clone.write("web/dist/left.js", "not a source");
  await clone.launch(["parley", "serve"]);
  await clone.launch(["build"]);
  expect(clone.asked("vite")).toBe(2);
});

test("[HOUSE13] a web app that does not build is told, nothing is served, and it is tried again", async () => {
  clone.write("web/index.html", "broken");
  expect(await sentence(["start"])).toBe("cannot resolve main.tsx");
  clone.write("web/index.html", "<p>mended</p>");
  expect((await clone.launch(["start"])).out).toBe("serving\n");
  expect(existsSync(join(clone.folder, "web/dist/index.html"))).toBe(true);
});
