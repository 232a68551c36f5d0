/**
 * How long a server takes from the start of its process to its first `/ready`: on a folder that is not there yet, on
 * one with a million messages, and, to compare, the smallest server of the same runtime. In alternating rounds.
 *
 *     npx --no-install bun bench/start.ts [--quick]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, ServerProcess } from "../test/kit/process.ts";
import { filledFolders } from "./filled.ts";
import { type Findings, median, print } from "./rows.ts";

const MESSAGES = 1_000_000;
const ROUNDS = 9;
const BARE = 'Bun.serve({ hostname: "127.0.0.1", port: Number(process.env.PORT), fetch: () => new Response("ready") })';
const PATIENCE = 30_000;

/** Starts servers and ends them again. */
export async function start(quick: boolean, progress: (line: string) => void): Promise<Findings> {
  const messages = quick ? MESSAGES / 100 : MESSAGES;
  const parent = mkdtempSync(join(tmpdir(), "parley-bench-"));
  try {
    const { folders } = await filledFolders(parent, [messages], { people: 20, rooms: 100 }, progress);
    const full = folders[0] as string;
    // The first start makes the secret.
    await parley(full);
    const [bare, fresh, filled]: number[][] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      progress(`start ${round + 1} of ${ROUNDS}`);
      bare?.push(await bareServer());
      fresh?.push(await parley(join(parent, `fresh-${round}`)));
      filled?.push(await parley(full));
    }
    return found(messages, [bare, fresh, filled].map((times) => median(times as number[])) as [number, number, number]);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function found(messages: number, [bare, fresh, filled]: [number, number, number]): Findings {
  return {
    rows: [
      { name: "start of the smallest Bun server", value: bare, unit: "ms" },
      { name: "start on an empty folder", value: fresh, unit: "ms" },
      { name: `start on ${messages.toExponential(0)} messages`, value: filled, unit: "ms" },
    ],
    ratios: { start_vs_bare: fresh / bare, start_full_vs_empty: filled / fresh },
  };
}

/** Milliseconds until it is ready. */
async function parley(data: string): Promise<number> {
  const server = new ServerProcess({ port: await freePort(), data });
  const began = performance.now();
  server.spawn();
  try {
    await ready(`${server.url}/ready`);
    return performance.now() - began;
  } finally {
    await server.stop();
  }
}

async function bareServer(): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const child = Bun.spawn([process.execPath, "-e", BARE], { env: { ...process.env, PORT: `${port}` } });
  try {
    await ready(`http://127.0.0.1:${port}/`);
    return performance.now() - began;
  } finally {
    child.kill();
    await child.exited;
  }
}

async function ready(url: string): Promise<void> {
  for (const late = performance.now() + PATIENCE; ; await Bun.sleep(1)) {
    const isThere = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isThere) return;
    if (performance.now() > late) throw new Error(`Nothing answers at ${url}.`);
  }
}

if (import.meta.main) print(await start(process.argv.includes("--quick"), console.error));
