import { Database } from "bun:sqlite";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The server that is proven. */
export interface Target {
  url: string;
  /** What it is, for people. */
  about: string;
  /** Ends it as a power cut would, and starts it again; resolves once it is ready. Null where that is not ours to do. */
  kill: (() => Promise<void>) | null;
  close(): Promise<void>;
}

/** Why nothing can be proven; its message is the one sentence to show. */
export class TargetError extends Error {
  override name = "TargetError";
}

const SERVER = fileURLToPath(new URL("../../server/main.ts", import.meta.url));
const READY_WITHIN = 30_000;
const ANSWERS_WITHIN = 5_000;
const DATABASE = "parley.db";
const NOT_COPIED = /^parley\.(db(-wal|-shm|-journal)?|lock(-journal)?)$/;

/** A server that is there already. Throws TargetError where it does not answer. */
export async function runningServer(url: string, process: { pid: number; start: string } | null): Promise<Target> {
  const version = await versionAt(url);
  const restart = process && killing(process.pid, process.start, url);
  return { url, about: `${url} (version ${version})`, kill: restart, close: async () => {} };
}

/** A server on a copy of a data folder, or on an empty one; both are gone after `close`. */
export async function ownServer(data: string | null): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "parley-prove-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    if (data !== null) copyData(resolve(data), folder);
    const own = new OwnServer(await freePort(), folder);
    await own.start();
    const about = `${own.url}, started on ${data === null ? "an empty folder" : `a copy of ${data}`}`;
    const close = () => own.kill().finally(remove);
    return { url: own.url, about, kill: () => own.kill().then(() => own.start()), close };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The database as it is at one moment, also while a server writes to it, and the secrets beside it. */
function copyData(from: string, to: string): void {
  const database = join(from, DATABASE);
  if (!existsSync(database)) throw new TargetError(`There is no ${DATABASE} in ${from}: nothing to copy.`);
  try {
    const source = new Database(database, { readonly: true });
    source.run("VACUUM INTO ?", [join(to, DATABASE)]);
    source.close();
    cpSync(from, to, { recursive: true, filter: (path) => !NOT_COPIED.test(path.slice(from.length + 1)) });
  } catch (error) {
    throw new TargetError(
      `The data folder ${from} cannot be copied (${error instanceof Error ? error.message : error}).`,
    );
  }
}

class OwnServer {
  readonly url: string;
  readonly #env: Record<string, string>;
  #child: Bun.Subprocess<"ignore", "ignore", "pipe"> | null = null;

  constructor(port: number, data: string) {
    this.url = `http://127.0.0.1:${port}`;
    const { PATH = "" } = process.env;
    // Without a home, Bun would keep its cache where it is started.
    const HOME = process.env.HOME || tmpdir();
    const limits = { LOG_LEVEL: "error", PARLEY_MAX_STRANGERS: "100000", PARLEY_RATE_LIMITS: "off" };
    this.#env = { PATH, HOME, HOST: "127.0.0.1", PORT: `${port}`, PARLEY_DATA: data, ...limits };
  }

  async start(): Promise<void> {
    const child = Bun.spawn([process.execPath, "--no-install", "--no-env-file", SERVER], {
      env: this.#env,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    this.#child = child;
    const complaint = new Response(child.stderr).text();
    if (await isReady(this.url, () => child.exitCode !== null)) return;
    child.kill("SIGKILL");
    throw new TargetError(`A server of its own does not start: ${(await complaint).trim().split("\n").at(-1)}`);
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.exited;
  }
}

/** Kills a process with all that it started, and starts it again by a command, which outlives this run. */
function killing(pid: number, command: string, url: string): () => Promise<void> {
  let current = pid;
  return async () => {
    for (const one of await familyOf(current)) signal(one);
    while (await answers(url)) await Bun.sleep(20);
    const child = spawn(command, { shell: true, detached: true, stdio: "ignore" });
    child.unref();
    current = child.pid ?? 0;
    if (await isReady(url, () => child.exitCode !== null)) return;
    throw new TargetError(`The server at ${url} was killed and did not come back by ${JSON.stringify(command)}.`);
  };
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as { code?: string }).code === "ESRCH") return;
    throw new TargetError(`The process ${pid} cannot be killed (${(error as Error).message}).`);
  }
}

/** A process and everything that descends from it: a server may have been started by a shell or by npm. */
async function familyOf(pid: number): Promise<number[]> {
  const listed = await new Response(Bun.spawn(["ps", "-eo", "pid=,ppid="], { stderr: "ignore" }).stdout).text();
  const rows = listed
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  const family = [pid];
  for (const parent of family) {
    for (const [child, its] of rows) if (its === parent && child !== undefined) family.push(child);
  }
  if (family.includes(process.pid)) throw new TargetError(`This run descends from the process ${pid} itself.`);
  return family;
}

async function versionAt(url: string): Promise<string> {
  const response = await request(`${url}/health`).catch((error) => {
    throw new TargetError(whyNoAnswer(url, (error as { code?: string }).code ?? ""));
  });
  const said = (await response.json().catch(() => null)) as { status?: string; version?: string } | null;
  if (said?.status !== "healthy" || !said.version) throw new TargetError(`What answers at ${url} is not Parley.`);
  return said.version;
}

async function isReady(url: string, over: () => boolean): Promise<boolean> {
  for (const until = Date.now() + READY_WITHIN; Date.now() < until && !over(); await Bun.sleep(20)) {
    if ((await ask(`${url}/ready`))?.ok) return true;
  }
  return false;
}

async function answers(url: string): Promise<boolean> {
  return (await ask(`${url}/health`)) !== null;
}

function whyNoAnswer(url: string, code: string): string {
  if (!/CERT|SIGNATURE|ISSUER/.test(code)) return `There is no server at ${url}: it does not answer.`;
  return `The certificate of ${url} is not trusted (${code}); NODE_EXTRA_CA_CERTS can name a file with its authority.`;
}

function ask(url: string): Promise<Response | null> {
  return request(url).catch(() => null);
}

function request(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN) });
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise<void>((done) => server.close(() => done()));
  return port;
}
