import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { asked, roomAt } from "../kit/asked.ts";
import { heldBy } from "../kit/natives.ts";
import { freePort, type ServerOptions, ServerProcess, temporaryFolder } from "../kit/process.ts";

const ROOT = join(import.meta.dir, "../..");
const SHORT = ["--seconds", "3", "--clients", "12", "--json"];
const FINE = { lost: 0, duplicated: 0, misordered: 0, unread_drift: 0 };

interface Ended {
  code: number;
  out: string;
  err: string;
  /** The last line of the standard output. */
  figures: Record<string, number>;
}

/** What somebody sees who types this. */
async function parley(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = Bun.spawn([process.execPath, "--no-install", "cli/main.ts", ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const last = out.trim().split("\n").at(-1) ?? "";
  return { code: await child.exited, out, err, figures: last.startsWith("{") ? JSON.parse(last) : {} };
}

/** A server on an own folder, for one scene. */
async function withServer(
  scene: (server: ServerProcess, data: string) => Promise<void>,
  options: Partial<ServerOptions> = {},
) {
  const folder = temporaryFolder();
  const server = new ServerProcess({ port: await freePort(), data: folder.path, ...options });
  try {
    await server.start();
    await scene(server, folder.path);
  } finally {
    await server.kill();
    folder.remove();
  }
}

/** Everybody whom this server knows. */
async function everybody(url: string): Promise<{ name: string }[]> {
  const token = await heldBy(url, "Witness");
  const ids = Array.from({ length: 40 }, (_, at) => 1_000_000 + at);
  const { people } = await asked<{ people: { name: string }[] }>(`${url}/api/people?ids=${ids}`, token);
  return people.filter(({ name }) => name !== "Witness");
}

test("[PROVE2] without a server of yours it starts its own, kills it, breaks lines, and leaves nothing behind", async () => {
  const folder = temporaryFolder();
  const ended = await parley(["prove", ...SHORT, "--kill", "--faults", "all", "--seed", "7"], { TMPDIR: folder.path });
  expect(ended).toMatchObject({ code: 0, figures: { ...FINE, seed: 7 } });
  expect(ended.err).toContain("2 kills of the server");
  expect(ended.figures.acked).toBeGreaterThan(20);
  expect(ended.figures.delivered).toBeGreaterThan(ended.figures.acked ?? 0);
  expect(ended.figures.reconnects).toBeGreaterThan(0);
  expect(readdirSync(folder.path).filter((name) => name.startsWith("parley-"))).toEqual([]);
  folder.remove();
});

test("[PROVE2] it works on a copy of the data folder, also while a server writes there, and does not touch it", async () => {
  await withServer(async (server, data) => {
    const token = await heldBy(server.url, "Ada");
    await roomAt(server.url, token, "Ours");
    await roomAt(server.url, token, "Ours too");
    const bytes = () => Buffer.concat(["parley.db", "parley.db-wal"].map((name) => readFileSync(join(data, name))));
    const before = bytes();
    const ended = await parley(["prove", ...SHORT], { PARLEY_DATA: data });
    expect(ended).toMatchObject({ code: 0, figures: FINE });
    expect(ended.err).toContain(`a copy of ${data}`);
    expect(bytes().equals(before)).toBe(true);
  });
  const empty = temporaryFolder();
  mkdirSync(join(empty.path, "sub"));
  const { code, err } = await parley(["prove", "--data", join(empty.path, "sub")]);
  expect([code, err]).toEqual([1, `parley: There is no parley.db in ${join(empty.path, "sub")}: nothing to copy.\n`]);
  empty.remove();
});

test("[PROVE3] on a server of yours it works with guests in private rooms of its own, and removes both", async () => {
  await withServer(async (server) => {
    const lobby: unknown[] = [];
    const token = await heldBy(server.url, "Watcher");
    const running = parley(["prove", "--url", server.url, ...SHORT]);
    for (let over = false; !over; ) {
      lobby.push(...(await asked<{ rooms: unknown[] }>(`${server.url}/api/rooms`, token)).rooms);
      over = await Promise.race([running.then(() => true), Bun.sleep(100).then(() => false)]);
    }
    expect(await running).toMatchObject({ code: 0, figures: FINE });
    expect(lobby).toEqual([]);
    const names = (await everybody(server.url)).map(({ name }) => name);
    expect(names.toSorted()).toEqual(["Watcher", ...Array<string>(12).fill("deleted")]);
    const stats = await asked<{ conversations_followed: number }>(`${server.url}/stats`);
    expect(stats.conversations_followed).toBe(0);
  });
});

test("[PROVE4] a process of yours is killed and started again by your command, and runs on afterwards", async () => {
  await withServer(async (server, data) => {
    const pids = join(data, "pids");
    const { port } = new URL(server.url);
    const bun = JSON.stringify(process.execPath);
    const settings = `HOST=127.0.0.1 PORT=${port} PARLEY_DATA=${data} LOG_LEVEL=error`;
    const start = `echo $$ >> ${pids}; cd ${ROOT}; ${settings} exec ${bun} --no-install server/main.ts`;
    const own = ["--url", server.url, "--kill", "--pid", `${server.pid}`, "--start", start];
    const ended = await parley(["prove", ...SHORT, ...own]);
    const started = readFileSync(pids, "utf8").trim().split("\n").map(Number);
    try {
      expect(ended).toMatchObject({ code: 0, figures: FINE });
      expect(started.length).toBe(2);
      expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    } finally {
      process.kill(started.at(-1) as number, "SIGKILL");
    }
  });
});

test("[PROVE5] what was typed wrongly is told in one sentence, with exit code 2, and nothing is started", async () => {
  const wrong: string[][] = [
    ["--seconds", "0"],
    ["--clients", "one"],
    ["--rooms", "300"],
    ["--faults", "flood"],
    ["--url", "localhost:8000"],
    ["--url", "http://127.0.0.1:1", "--kill"],
    ["--pid", "7", "--start", "true"],
    ["--url", "http://127.0.0.1:1", "--data", "x"],
    ["--frobnicate"],
  ];
  for (const args of wrong) {
    const { code, out, err } = await parley(["prove", ...args]);
    expect({ args, code, out, lines: err.trim().split("\n").length }).toEqual({ args, code: 2, out: "", lines: 1 });
  }
  const help = await parley(["prove", "--help"]);
  expect([help.code, help.out]).toEqual([0, expect.stringContaining("--seconds 30")]);
});

test("[PROVE5] a server that does not answer, or is none of ours, is told in one sentence, with exit code 1", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const gone = await parley(["prove", "--url", url]);
  expect([gone.code, gone.err]).toEqual([1, `parley: There is no server at ${url}: it does not answer.\n`]);
  const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hello") });
  const there = `http://127.0.0.1:${other.port}`;
  const strange = await parley(["prove", "--url", there]);
  expect([strange.code, strange.err]).toEqual([1, `parley: What answers at ${there} is not Parley.\n`]);
  await other.stop(true);
});

test("[PROVE6] a server that loses something is found out: the figures say so, and the exit code is 1", async () => {
  const preload = join(import.meta.dir, "forgetful.ts");
  await withServer(
    async (server) => {
      const ended = await parley(["prove", "--url", server.url, ...SHORT, "--faults", "none"]);
      expect(ended.code).toBe(1);
      expect(ended.figures.lost).toBeGreaterThan(0);
      expect(ended.err).toContain("A promise was broken");
    },
    { preload },
  );
});

test("[PROVE3] a server of yours that limits rates is not overrun, and nothing is lost while it refuses", async () => {
  const limits = { PARLEY_RATE_LIMITS: "on", PARLEY_CONNECTION_RATE: "4", PARLEY_PERSON_RATE: "4", PARLEY_BURST: "8" };
  await withServer(
    async (server) => {
      const ended = await parley(["prove", "--url", server.url, ...SHORT]);
      expect(ended).toMatchObject({ code: 0, figures: FINE });
      expect(ended.figures.acked).toBeGreaterThan(20);
    },
    { env: { ...limits, PARLEY_SIGN_INS: "60", PARLEY_ADDRESS_RATE: "60" } },
  );
});
