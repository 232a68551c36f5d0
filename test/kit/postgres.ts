import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chownSync, closeSync, openSync, readFileSync } from "node:fs";
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
    const options = ["--auth=trust", "--username=parley", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
    const own = new OwnPostgres(ownFolder(), program, await freePort());
    await own.#run(initdb, ...options, own.#data);
    await own.serve();
    return own;
  }

  /** Another one with all that this one has now, which is restarted for that: as from a copy of its disk. */
  async copy(): Promise<OwnPostgres> {
    const other = await this.#copied();
    await Promise.all([this.serve(), other.serve()]);
    return other;
  }

  /** Another one that follows this one, and keeps no commit waiting for it. This one is restarted for that. */
  async standby(): Promise<OwnPostgres> {
    const other = await this.#copied();
    await other.#run("touch", join(other.#data, "standby.signal"));
    const from = `primary_conninfo = 'host=127.0.0.1 port=${this.port} user=parley'\n`;
    appendFileSync(join(other.#data, "postgresql.auto.conf"), from);
    await this.serve();
    await other.serve();
    return other;
  }

  async #copied(): Promise<OwnPostgres> {
    await this.end();
    const other = new OwnPostgres(ownFolder(), this.#program, await freePort());
    await other.#run("cp", "--archive", this.#data, other.#data);
    return other;
  }

  /** Resolves when this standby has all that the one wrote which it follows. */
  async caughtUp(leader: OwnPostgres): Promise<void> {
    let written = "";
    await leader.#ask(async (sql) => {
      const [row] = await sql<{ at: string }[]>`SELECT pg_current_wal_flush_lsn()::text AS at`;
      written = row?.at ?? "";
    });
    await this.#ask(async (sql) => {
      for (const end = Date.now() + 20_000; ; await Bun.sleep(20)) {
        if (Date.now() > end) throw new Error("It does not follow.");
        const [row] = await sql<{ has: boolean }[]>`SELECT pg_last_wal_replay_lsn() >= ${written}::pg_lsn AS has`;
        if (row?.has) return;
      }
    });
  }

  /** Writes so many bytes into its log, to no purpose. */
  fill(bytes: number): Promise<void> {
    return this.#ask((sql) => sql`SELECT pg_logical_emit_message(true, 'fill', repeat('x', ${bytes}))`);
  }

  /** A standby becomes the one that is written to, on a timeline of its own. */
  promote(): Promise<void> {
    return this.#ask(async (sql) => {
      const [row] = await sql<{ done: boolean }[]>`SELECT pg_promote(true, 30) AS done`;
      if (!row?.done) throw new Error("It was not promoted.");
    });
  }

  get #data(): string {
    return join(this.#folder.path, "data");
  }

  /** Does something to its folder, as whoever owns that. */
  async #run(program: string, ...args: string[]): Promise<void> {
    const path = join(this.#folder.path, "log");
    const log = openSync(path, "a");
    const child = run(program, args, log);
    closeSync(log);
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`${program} ended with ${code}:\n${readFileSync(path, "utf8")}`);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it, or starts it again. Resolves when it answers. */
  async serve(): Promise<void> {
    const log = openSync(join(this.#folder.path, "log"), "a");
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.#child = run(this.#program, ["-D", this.#data, "-p", `${this.port}`, ...settings], log);
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

function ownFolder(): { path: string; remove(): void } {
  const folder = temporaryFolder();
  if (asRoot()) chownSync(folder.path, NOBODY, NOBODY);
  return folder;
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
