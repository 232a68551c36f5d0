import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, type Member, type Running } from "../subject.ts";
import { compiled } from "./compile.ts";

/** What was measured over one run. Milliseconds are from when a message was due to when it was there. */
export interface Measured {
  messages: number;
  deliveries: number;
  seconds: number;
  /** Seconds of CPU that the server used meanwhile. */
  cpu: number;
  /** The part of the time that the generator was busy. */
  busy: number;
  p50: number;
  p99: number;
  p999: number;
  /** Messages and deliveries since everybody is in, and up to five seconds after the last message. */
  sent: number;
  heard: number;
}

/** How many may be entering at the same time. */
const AT_ONCE = 256;

/** Members of a running subject, connected by the load generator, which is pinned to a core of its own. */
export class Load {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: Bun.Subprocess<"pipe", "pipe", "inherit">) {
    this.#process = process;
    this.#lines = linesOf(process.stdout);
  }

  /** Connects everybody; `audience` hear each message. `entered` is the milliseconds until the last one was in. */
  static async enter(
    subject: Pick<Running, "pids">,
    members: readonly Member[],
    where: { core: number; folder: string; atOnce?: number; audience?: number },
  ): Promise<{ load: Load; entered: number }> {
    const plan = join(where.folder, "plan");
    writeFileSync(plan, planOf(members, where.atOnce ?? AT_ONCE, where.audience ?? 0));
    const command = ["taskset", "-c", `${where.core}`, await compiled("load/load.c"), plan];
    const child = Bun.spawn([...command, ...subject.pids.map(String)], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    const load = new Load(child);
    const { ms } = await load.#answer<{ ms: number }>();
    return { load, entered: ms };
  }

  /** Everybody who posts has this many messages under way. */
  saturate(window: number, warm: number, seconds: number): Promise<Measured> {
    return this.#run(`saturate ${window} ${warm} ${seconds}`);
  }

  /** This many messages a second in all, whatever comes back. */
  pace(rate: number, warm: number, seconds: number): Promise<Measured> {
    return this.#run(`pace ${rate} ${warm} ${seconds}`);
  }

  async leave(): Promise<void> {
    this.#process.stdin.end();
    await this.#process.exited;
  }

  #run(line: string): Promise<Measured> {
    this.#process.stdin.write(`${line}\n`);
    this.#process.stdin.flush();
    return this.#answer();
  }

  async #answer<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("The load generator ended.");
    return JSON.parse(value) as T;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of stream) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** The plan as load.c reads it. */
function planOf(members: readonly Member[], atOnce: number, audience: number): Uint8Array {
  const parts: Uint8Array[] = [number(members.length), number(atOnce), number(audience)];
  for (const { port, steps, post, done = "" } of members) {
    parts.push(number(port), number(steps.length));
    for (const { send, until } of steps) parts.push(...sized(send), ...sized(Buffer.from(until, "latin1")));
    parts.push(...sized(post), ...sized(bytes(done)));
  }
  return Buffer.concat(parts);
}

function sized(part: Uint8Array): Uint8Array[] {
  return [number(part.length), part];
}

function number(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}
