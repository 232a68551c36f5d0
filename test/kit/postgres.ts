import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { postgresPrograms } from "../../tools/debian.ts";
import { freePort, temporaryFolder } from "./process.ts";

/** What it is started with: everything is synced, as in production; memory is small, since tests share a machine. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  max_connections: "200",
  shared_buffers: "64MB",
  max_wal_size: "256MB",
  autovacuum_naptime: "5s",
  unix_socket_directories: "",
};
/** Postgres refuses to run as root. */
const NOBODY = 65_534;

/** A Postgres of its own, in a folder of its own, on a free port of this machine. */
export class OwnPostgres {
  readonly url: string;
  readonly port: number;
  readonly #folder: { path: string; remove(): void };
  readonly #program: string;
  #child: ChildProcess | null = null;
  #schemas = 0;

  private constructor(folder: { path: string; remove(): void }, program: string, port: number) {
    this.#folder = folder;
    this.#program = program;
    this.port = port;
    this.url = this.urlAt(port);
  }

  /** Its address by way of another port. */
  urlAt(port: number): string {
    return `postgres://parley@127.0.0.1:${port}/postgres`;
  }

  static async start(): Promise<OwnPostgres> {
    const { initdb, postgres: program } = await postgresPrograms();
    const folder = temporaryFolder();
    if (asRoot()) chownSync(folder.path, NOBODY, NOBODY);
    const data = join(folder.path, "data");
    const options = ["--auth=trust", "--username=parley", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
    const log = join(folder.path, "log");
    const output = openSync(log, "a");
    const made = run(initdb, [...options, data], output);
    closeSync(output);
    const [code] = await once(made, "exit");
    if (code !== 0) throw new Error(`initdb ended with ${code}:\n${readFileSync(log, "utf8")}`);
    const own = new OwnPostgres(folder, program, await freePort());
    await own.serve();
    return own;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it, or starts it again. Resolves when it answers. */
  async serve(): Promise<void> {
    const log = openSync(join(this.#folder.path, "log"), "a");
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.#child = run(this.#program, ["-D", join(this.#folder.path, "data"), "-p", `${this.port}`, ...settings], log);
    closeSync(log);
    for (let attempt = 0; ; attempt++) {
      const sql = postgres(this.url, { max: 1, connect_timeout: 1 });
      try {
        await sql`SELECT 1`;
        return;
      } catch (error) {
        if (attempt === 200 || this.#child.exitCode !== null) throw error;
        await Bun.sleep(50);
      } finally {
        await sql.end({ timeout: 1 });
      }
    }
  }

  /** Ends it: `SIGINT` breaks every connection and writes all, `SIGKILL` is a crash of everything. */
  async end(signal: "SIGINT" | "SIGQUIT" | "SIGKILL" = "SIGINT"): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  /** Ends every other connection, as a firewall or an operator would. */
  cut(): Promise<void> {
    return this.#ask(
      (sql) => sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
  }

  /** Carries out a statement in a transaction that lasts until the result is called. */
  async hold(statement: string): Promise<() => Promise<void>> {
    const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held = this.#ask((sql) =>
      sql.begin(async (one) => {
        await one.unsafe(statement);
        begun.resolve();
        await over.promise;
      }),
    );
    await Promise.race([begun.promise, held]);
    return () => {
      over.resolve();
      return held;
    };
  }

  /** Stands still, or goes on: its processes are there and answer nothing. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    const { pid, exitCode, signalCode } = this.#child ?? {};
    if (!pid || exitCode !== null || signalCode !== null) return;
    for (const one of [pid, ...childrenOf(pid)]) tell(one, signal);
  }

  /** A name for a schema that nobody has used. */
  schema(): string {
    return `parley_${++this.#schemas}`;
  }

  async drop(schema: string): Promise<void> {
    await this.#ask((sql) => sql.unsafe(`DROP SCHEMA IF EXISTS ${schema} CASCADE`));
  }

  /** Asks it beside the program under test. */
  async #ask(question: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
    const sql = postgres(this.url, { max: 1, onnotice: () => {} });
    try {
      await question(sql);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }

  async remove(): Promise<void> {
    this.signal("SIGCONT");
    await this.end();
    this.#folder.remove();
  }
}

/** Postgres has a process for each connection, in a session of its own. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

/** A connection may have ended meanwhile, and its process with it. */
function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as { code?: string }).code !== "ESRCH") throw error;
  }
}

function asRoot(): boolean {
  return process.getuid?.() === 0;
}

function run(program: string, args: string[], output: number | "ignore"): ChildProcess {
  const user = asRoot() ? { uid: NOBODY, gid: NOBODY } : {};
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C.UTF-8" };
  return spawn(program, args, { ...user, env, cwd: "/", stdio: ["ignore", output, output] });
}
