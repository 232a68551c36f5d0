import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** How many sockets this process may hold, up to the wanted number, with some files to spare. */
export async function affordableSockets(wanted: number): Promise<number> {
  const limits = await Bun.file("/proc/self/limits").text();
  const files = Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? 1024);
  return Math.min(wanted, files - 1000);
}

/** Resident memory of a process, in bytes. Linux only. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

/** A temporary folder, and how to remove it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "parley-ops-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What a finished process left. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** A Parley of its own process, by default on a free port. */
export class ParleyProcess {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #out: Promise<string>;
  #err = "";
  #heard: (() => void)[] = [];
  readonly #ended: Promise<void>;

  constructor(env: Record<string, string>, command: string[] = ["server/main.ts"]) {
    const program = command[0]?.endsWith(".ts") ? [process.execPath, "--no-install"] : [];
    this.#child = Bun.spawn([...program, ...command], {
      cwd: ROOT,
      // Without HOME, Bun would keep its cache in the clone.
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? tmpdir(), HOST: "127.0.0.1", PORT: "0", ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#out = new Response(this.#child.stdout).text();
    this.#ended = this.#listen();
  }

  /** The first group of the first match in what it said to a person, now or later. */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#err);
      if (match) return match[1] ?? match[0];
      if (this.#child.exitCode !== null) throw new Error(`It ended with ${this.#child.exitCode}: ${this.#err}`);
      await new Promise<void>((resolve) => this.#heard.push(resolve));
    }
  }

  /** Where it answers. */
  url(): Promise<string> {
    return this.said(/listening on (http:\S+)/);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async ended(): Promise<Ended> {
    await Promise.all([this.#child.exited, this.#ended]);
    return { code: this.#child.exitCode ?? -1, out: await this.#out, err: this.#err };
  }

  async stop(): Promise<Ended> {
    this.signal("SIGTERM");
    return this.ended();
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stderr) {
      this.#err += decoder.decode(chunk, { stream: true });
      this.#wake();
    }
    await this.#child.exited;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#heard.splice(0)) resolve();
  }
}

const HEALTHY_MS = 20_000;

/** Below those that systems give to whoever connects: one of these stays free while its server is down. */
const [LOWEST_PORT, HIGHEST_PORT] = [10_000, 32_000];

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

export interface ServerOptions {
  port: number;
  data: string;
  env?: Record<string, string>;
  /** A program that starts it in its own stead, such as `strace -D`: the process is the server's all the same. */
  under?: string[];
  /** A module that is loaded before the server. */
  preload?: string;
}

/**
 * A Parley server as a process of its own, on one port and one data folder over all its lives. Its rate limits are off,
 * because crowds of tests talk faster than people; `env` can turn them on.
 */
export class ServerProcess {
  readonly url: string;
  readonly #env: Record<string, string>;
  readonly #under: string[];
  #preload: string | undefined;
  #process: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;
  #said: Promise<unknown> = Promise.resolve();
  output = "";

  constructor(options: ServerOptions) {
    this.url = `http://127.0.0.1:${options.port}`;
    const { port, data, env, under = [], preload } = options;
    this.#under = under;
    this.#preload = preload;
    const quiet = { LOG_LEVEL: "warn", PARLEY_RATE_LIMITS: "off" };
    this.#env = { HOST: "127.0.0.1", PORT: `${port}`, PARLEY_DATA: data, ...quiet, ...env };
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts it, and resolves once it says that it is ready. */
  async start(): Promise<void> {
    this.spawn();
    const until = Date.now() + HEALTHY_MS;
    while (!(await this.#isReady())) {
      if (this.#isOver() || Date.now() > until) throw new Error(`No server:\n${this.output}`);
      await Bun.sleep(20);
    }
  }

  /** From its next start on it is another program: this one, after what that module changes of it. */
  become(preload: string): void {
    this.#preload = preload;
  }

  /** Starts it, and waits for nothing. */
  spawn(): void {
    this.output = "";
    const before = this.#preload ? ["--preload", this.#preload] : [];
    this.#process = Bun.spawn([...this.#under, process.execPath, ...before, "server/main.ts"], {
      cwd: ROOT,
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? tmpdir(), ...this.#env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#said = Promise.all([this.#keep(this.#process.stdout), this.#keep(this.#process.stderr)]);
  }

  /** The exit code, once it ended by itself and its output is complete. */
  async ended(): Promise<number> {
    const code = await this.#process?.exited;
    await this.#said;
    return code ?? -1;
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.exited;
  }

  /** Asks it to stop; the exit code. */
  async stop(): Promise<number> {
    this.#process?.kill("SIGTERM");
    return this.ended();
  }

  #isOver(): boolean {
    return this.#process?.exitCode !== null || this.#process.signalCode !== null;
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.url}/ready`).then(
      (response) => response.ok,
      () => false,
    );
  }

  async #keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream)
      this.output = (this.output + decoder.decode(chunk, { stream: true })).slice(-20_000);
  }
}
