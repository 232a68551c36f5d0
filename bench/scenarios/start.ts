import { rmSync } from "node:fs";
import { join } from "node:path";
import { freePort, ServerProcess } from "../../test/kit/process.ts";
import { filledFolders } from "../filled.ts";
import { type Bench, type Found, median, type Scenario } from "../scenario.ts";
import { answers } from "../subjects/process.ts";

const MESSAGES = 1_000_000;
const ROUNDS = 9;
const BARE = 'Bun.serve({ hostname: "127.0.0.1", port: Number(process.env.PORT), fetch: () => new Response("ready") })';

/** From the start of the process to the first answer: on no data, on a million messages, and of the smallest server. */
export const start: Scenario = {
  name: "start",
  about: "time from the start of the process to the first /ready",
  async run(bench): Promise<Found> {
    const messages = bench.quick ? MESSAGES / 100 : MESSAGES;
    const parent = join(bench.folder, "start");
    try {
      const { folders } = await filledFolders(parent, [messages], { people: 20, rooms: 100 }, bench.say);
      const full = folders[0] as string;
      // The first start makes the secret.
      await parley(bench, full);
      const took = { bare: [] as number[], empty: [] as number[], full: [] as number[] };
      for (let round = 0; round < ROUNDS; round++) {
        took.bare.push(await bareServer(bench));
        took.empty.push(await parley(bench, join(parent, `empty-${round}`)));
        took.full.push(await parley(bench, full));
        bench.say(`start ${round + 1}/${ROUNDS}: ${took.full.at(-1)?.toFixed(0)} ms`);
      }
      return found(messages, { bare: median(took.bare), empty: median(took.empty), full: median(took.full) });
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  },
};

function found(messages: number, { bare, empty, full }: Record<"bare" | "empty" | "full", number>): Found {
  const about = { scenario: "start", subject: "parley", unit: "ms" };
  return {
    rows: [
      { ...about, subject: "bun", figure: "the smallest server of this runtime", value: bare },
      { ...about, figure: "on no data", value: empty },
      { ...about, figure: `on ${messages.toLocaleString("en")} messages`, value: full },
    ],
    ratios: { start_vs_bare: empty / bare, start_full_vs_empty: full / empty },
  };
}

/** Milliseconds until it is ready. */
async function parley({ cores }: Bench, data: string): Promise<number> {
  const server = new ServerProcess({ port: await freePort(), data, under: ["taskset", "-c", `${cores.server}`] });
  const began = performance.now();
  server.spawn();
  try {
    await answers(`${server.url}/ready`);
    return performance.now() - began;
  } finally {
    await server.stop();
  }
}

async function bareServer({ cores }: Bench): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const command = ["taskset", "-c", `${cores.server}`, process.execPath, "-e", BARE];
  const child = Bun.spawn(command, { env: { ...process.env, PORT: `${port}` } });
  try {
    await answers(`http://127.0.0.1:${port}/`);
    return performance.now() - began;
  } finally {
    child.kill();
    await child.exited;
  }
}
