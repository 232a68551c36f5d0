import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./process.ts";

const ROOT = join(import.meta.dir, "../..");
const PIECES = [1 << 20, 1 << 12];

/**
 * A disk of a few megabytes that only processes started under it see: memory, mounted in a namespace of its own.
 * Rejects with one sentence where this machine does not allow that.
 */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = temporaryFolder();
  const asRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const mount = `mount -t tmpfs -o size=${megabytes}m none "$1" && echo mounted && exec sleep infinity`;
  const command = ["unshare", "--mount", ...asRoot, "sh", "-c", mount, "sh", folder.path];
  const holder = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const { value } = await holder.stdout.getReader().read();
  if (value) return new SmallDisk(holder, folder, asRoot.length === 0);
  const why = (await new Response(holder.stderr).text()).trim();
  folder.remove();
  throw new Error(`these tests need a disk of their own, which this machine does not give: ${why}.`);
}

export class SmallDisk {
  /** Where processes under it find it. */
  readonly path: string;
  /** What to start a process with, so that it sees the disk. */
  readonly under: string[];
  readonly #holder: Bun.Subprocess;
  readonly #folder: { remove(): void };
  readonly #ballast: string;

  constructor(holder: Bun.Subprocess, folder: { path: string; remove(): void }, asRoot: boolean) {
    this.path = folder.path;
    const user = asRoot ? [] : ["--user", "--preserve-credentials"];
    this.under = ["nsenter", "--target", `${holder.pid}`, ...user, "--mount", `--wd=${ROOT}`];
    this.#holder = holder;
    this.#folder = folder;
    this.#ballast = `/proc/${holder.pid}/root${folder.path}/ballast`;
  }

  /** Leaves no room for anything. */
  fill(): void {
    const ballast = openSync(this.#ballast, "a");
    for (const piece of PIECES) while (written(ballast, Buffer.alloc(piece)));
    closeSync(ballast);
  }

  empty(): void {
    const ballast = openSync(this.#ballast, "a");
    ftruncateSync(ballast, 0);
    closeSync(ballast);
  }

  async remove(): Promise<void> {
    this.#holder.kill("SIGKILL");
    await this.#holder.exited;
    this.#folder.remove();
  }
}

function written(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) > 0;
  } catch {
    return false;
  }
}
