import { createConnection } from "node:net";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const PATIENCE = 30_000;

/** A process of its own on one core, once something listens at its port. */
export async function serving(
  command: readonly string[],
  port: number,
  core: number,
  env: Record<string, string> = {},
): Promise<{ pid: number; end(): Promise<void> }> {
  // However the benchmark ends, its servers end with it.
  const child = Bun.spawn(["setpriv", "--pdeathsig", "KILL", "taskset", "-c", `${core}`, ...command], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const end = async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
  const late = Date.now() + PATIENCE;
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${command.join(" ")} ended with ${child.exitCode}.`);
    if (Date.now() > late) {
      await end();
      throw new Error(`${command.join(" ")} does not listen at port ${port}.`);
    }
    await Bun.sleep(20);
  }
  return { pid: child.pid, end };
}

/** Resolves once this address answers well. */
export async function answers(url: string): Promise<void> {
  for (const late = Date.now() + PATIENCE; ; await Bun.sleep(1)) {
    const isThere = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isThere) return;
    if (Date.now() > late) throw new Error(`Nothing answers at ${url}.`);
  }
}

/** Null once a program is there, else why it cannot be. */
export function lacking(program: Promise<string>): Promise<string | null> {
  return program.then(
    () => null,
    (error: Error) => error.message,
  );
}

function accepts(port: number): Promise<boolean> {
  const socket = createConnection(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
