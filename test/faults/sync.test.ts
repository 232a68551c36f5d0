import { expect, test } from "bun:test";
import { join } from "node:path";
import { orSkip, strace } from "../../tools/debian.ts";
import { roomBy } from "../kit/heard.ts";
import { Line, secretOf } from "../kit/node.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { acknowledgements, type Verdict } from "./sync-trace.ts";

const tracer = await orSkip(strace());
const KEYS = /sync-[a-z]+-\d{3}-/;
const CALLS = "pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync";

/** Posts over sockets and over HTTP to a server under strace; what the trace shows of each acknowledgement. */
async function traced(preload?: string): Promise<Map<string, Verdict>> {
  const folder = temporaryFolder();
  const file = join(folder.path, "trace");
  const under = [tracer as string, "-D", "-f", "-y", "-s", "200000", "-e", `trace=${CALLS}`, "-o", file];
  const data = join(folder.path, "data");
  const server = new ServerProcess({ port: await freePort(), data, under, ...(preload ? { preload } : {}) });
  try {
    await server.start();
    await postEverywhere(server.url);
    expect(await server.stop()).toBe(0);
    return acknowledgements(await finished(file), KEYS);
  } finally {
    await server.kill();
    folder.remove();
  }
}

async function finished(file: string): Promise<string> {
  for (;;) {
    const trace = await Bun.file(file).text();
    if (/\+\+\+ exited with 0 \+\+\+\n$/.test(trace)) return trace;
    await Bun.sleep(20);
  }
}

async function postEverywhere(url: string): Promise<void> {
  const lines = await Promise.all(
    ["Ada", "Ben", "Cid"].map((name) => Line.enter(`${url.replace("http", "ws")}/socket`, name)),
  );
  const [ada] = lines as [Line];
  const id = await roomBy(ada);
  for (const line of lines.slice(1)) await line.ask({ t: "join", key: "join", conversation: id });
  await Promise.all([...lines.map((line, at) => postBySocket(line, "abc"[at] as string, id)), postByHttp(url, id)]);
  for (const line of lines) line.close();
}

/** Each as soon as the one before was acknowledged, and from time to time many at once. */
async function postBySocket(line: Line, who: string, conversation: number): Promise<void> {
  for (let n = 0; n < 100; ) {
    const keys = Array.from({ length: n % 20 === 0 ? 10 : 1 }, () => `sync-${who}-${`${n++}`.padStart(3, "0")}-`);
    line.say(keys.map((key, at) => ({ t: "post", id: n * 100 + at, key, conversation, text: `say ${key}` })));
    const last = keys.at(-1);
    await line.until((frame) => frame.t === "entries" && frame.entries.some((entry) => entry.key === last));
  }
}

async function postByHttp(url: string, conversation: number): Promise<void> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${secretOf("Ada")}` };
  for (let n = 0; n < 50; n++) {
    const body = JSON.stringify({ key: `sync-http-${`${n}`.padStart(3, "0")}-`, text: "by HTTP" });
    const response = await fetch(`${url}/api/conversations/${conversation}/messages`, {
      method: "POST",
      headers,
      body,
    });
    expect(response.status).toBe(201);
  }
}

test.skipIf(!tracer)(
  "[DUR9] no acknowledgement leaves the server before a sync that covers its message, over sockets and over HTTP",
  async () => {
    const told = await traced();
    expect(told.size).toBe(350);
    expect([...told].filter(([, verdict]) => verdict !== "synced")).toEqual([]);
  },
  60_000,
);

test.skipIf(!tracer)(
  "[DUR9] a server that does not sync its commits is found out by the same trace",
  async () => {
    const told = await traced(join(import.meta.dir, "unsynced.ts"));
    expect(told.size).toBe(350);
    expect([...told.values()].filter((verdict) => verdict === "unsynced").length).toBeGreaterThan(300);
  },
  60_000,
);
