import { createConnection, createServer } from "node:net";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const PATIENCE = 30_000;

/** A process of its own on one core. */
export function pinned(command: readonly string[], core: number, env: Record<string, string> = {}) {
  const child = Bun.spawn(["taskset", "-c", `${core}`, ...command], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  return {
    pid: child.pid,
    async end(): Promise<void> {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** A port that was free just now. */
export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Resolves once something accepts connections there. */
export async function listening(port: number): Promise<void> {
  const late = Date.now() + PATIENCE;
  while (!(await accepts(port))) {
    if (Date.now() > late) throw new Error(`Nothing listens at port ${port}.`);
    await Bun.sleep(20);
  }
}

function accepts(port: number): Promise<boolean> {
  const socket = createConnection(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
