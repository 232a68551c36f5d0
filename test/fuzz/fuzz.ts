import { parseArgs } from "node:util";
import fc from "fast-check";
import { Line, secretOf } from "../kit/node.ts";
import { freePort, residentBytes, ServerProcess, temporaryFolder } from "../kit/process.ts";
import { spelled } from "../kit/spelled.ts";
import { handshakes, shakeHands } from "./handshakes.ts";
import { messages } from "./lines.ts";
import { OldFeeding } from "./old-feeding.ts";
import { checkOld, oldRequests } from "./old-requests.ts";
import { checkAnswer, requests, sentTo } from "./requests.ts";
import { feed, feedStranger, wordsOf } from "./socket.ts";
import { bytes, sendBytes } from "./wire.ts";
import { World } from "./world.ts";

export interface FuzzPlan {
  inputs: number;
  seed: number;
  progress?(line: string): void;
}

export interface FuzzReport {
  inputs: number;
  messages: number;
  strangers: number;
  requests: number;
  bytes: number;
  /** Frames of the dialects, their handshakes, and what they are asked over HTTP. */
  old: number;
  handshakes: number;
  oldRequests: number;
  /** Messages of a bystander that came back while all that went on. */
  undisturbed: number;
  /** Resident memory of the server after half of the inputs and after all, in MiB. */
  memory: [number, number];
  seed: number;
}

const binary = fc.uint8Array({ maxLength: 60 }).map((data) => new Uint8Array(data));

/** Of a hundred inputs. */
const SHARES = { messages: 40, strangers: 5, requests: 20, bytes: 3, old: 20, handshakes: 6, oldRequests: 6 };
const SLICES = 20;
/** A line is given up for a fresh one after so many inputs, and begins with so many rooms. */
const LINE_LASTS = 400;

/**
 * Feeds a real server with nonsense of every kind. Throws, with the smallest input that was found, where it is not
 * refused as it must be, or where the server or anybody else on it takes harm.
 */
export async function runFuzz({ inputs, seed, progress }: FuzzPlan): Promise<FuzzReport> {
  const folder = temporaryFolder();
  const server = new ServerProcess({
    port: await freePort(),
    data: folder.path,
    env: { LOG_LEVEL: "error", PARLEY_BEAT_MS: "600000" },
  });
  try {
    await server.start();
    const feeding = await Feeding.begin(server);
    const memory: [number, number] = [0, 0];
    for (let slice = 0; slice < SLICES; slice++) {
      await feeding.slice(Math.ceil(inputs / SLICES), seed + slice);
      if (slice === SLICES / 2 - 1) memory[0] = await resident(server.pid);
      progress?.(`${Math.round(((slice + 1) / SLICES) * 100)} %: ${JSON.stringify(feeding.fed)}`);
    }
    memory[1] = await resident(server.pid);
    await feeding.end();
    if (server.output.includes('"level":"error"')) throw new Error(`The server logged an error: ${server.output}`);
    const total = Object.values(feeding.fed).reduce((sum, one) => sum + one, 0);
    return { inputs: total, ...feeding.fed, undisturbed: feeding.undisturbed, memory, seed };
  } finally {
    await server.kill();
    folder.remove();
  }
}

/** One server, one bystander who only talks, and one guest after the other who talks nonsense. */
class Feeding {
  readonly fed = { messages: 0, strangers: 0, requests: 0, bytes: 0, old: 0, handshakes: 0, oldRequests: 0 };
  undisturbed = 0;
  readonly #server: ServerProcess;
  readonly #socket: string;
  readonly #world = new World();
  readonly #bystander: Line;
  readonly #room: number;
  #line: Line | null = null;
  #me = 0;
  #names = 0;
  #lasts = 0;
  #token = "";
  readonly #old: Record<string, OldFeeding>;

  private constructor(server: ServerProcess, bystander: Line, room: number, old: Record<string, OldFeeding>) {
    this.#server = server;
    this.#socket = `${server.url.replace("http", "ws")}/socket`;
    this.#bystander = bystander;
    this.#room = room;
    this.#old = old;
  }

  static async begin(server: ServerProcess): Promise<Feeding> {
    const bystander = await Line.enter(`${server.url.replace("http", "ws")}/socket`, "Bystander");
    const room = conversationIn(await bystander.ask({ t: "create_room", key: "r", name: "Room" }));
    const feeding = new Feeding(server, bystander, room, await OldFeeding.all(server.url));
    const hidden = { t: "create_room", key: "h", name: "Hidden", visibility: "private" };
    const quiet = { t: "create_room", key: "q", name: "Quiet" };
    for (const one of [hidden, quiet]) feeding.#world.met(conversationIn(await bystander.ask(one)));
    feeding.#world.met(room);
    return feeding;
  }

  async slice(inputs: number, seed: number): Promise<void> {
    const some = (share: number) => Math.ceil((inputs * share) / 100);
    await this.#property(messages, some(SHARES.messages), seed, "messages", async (said) => {
      const line = await this.#lineFor();
      await feed(line, this.#me, wordsOf(said, this.#world));
      this.#remember(line);
    });
    const said = fc.array(messages, { minLength: 1, maxLength: 4 });
    await this.#property(said, some(SHARES.strangers), seed, "strangers", (all) =>
      feedStranger(
        this.#socket,
        all.map((one) => wordsOf(one, this.#world)),
      ),
    );
    await this.#property(requests, some(SHARES.requests), seed, "requests", async (asked) => {
      await this.#lineFor();
      const sent = sentTo(this.#server.url, asked, this.#token, this.#world);
      await checkAnswer(asked, sent, await fetch(sent.url, sent.init));
    });
    await this.#property(bytes, some(SHARES.bytes), seed, "bytes", (sent) => sendBytes(this.#server.url, sent));
    await this.#oldWays(some, seed);
  }

  /** The same for the dialects of existing clients. */
  async #oldWays(some: (share: number) => number, seed: number): Promise<void> {
    const { url } = this.#server;
    const feedings = Object.values(this.#old);
    for (const feeding of feedings) {
      const said = fc.oneof({ weight: 15, arbitrary: feeding.texts }, { weight: 1, arbitrary: binary });
      const share = some(SHARES.old / feedings.length);
      await this.#property<string | Uint8Array>(said, share, seed, "old", (one) => feeding.feed(one));
      await feeding.undisturbed();
    }
    await this.#property(handshakes, some(SHARES.handshakes), seed, "handshakes", (path) => shakeHands(url, path));
    await this.#property(oldRequests, some(SHARES.oldRequests), seed, "oldRequests", async (asked) => {
      const sent = sentTo(url, asked, this.#token, this.#world);
      await checkOld(asked, sent, await fetch(sent.url, { ...sent.init, redirect: "manual" }));
    });
    for (const feeding of feedings) await feeding.undisturbed();
  }

  async end(): Promise<void> {
    for (const feeding of Object.values(this.#old)) feeding.close();
    this.#line?.close();
    this.#bystander.close();
  }

  async #property<T>(
    arbitrary: fc.Arbitrary<T>,
    numRuns: number,
    seed: number,
    name: keyof Feeding["fed"],
    act: (input: T) => Promise<void>,
  ): Promise<void> {
    const property = fc.asyncProperty(arbitrary, async (input) => {
      this.fed[name] += 1;
      await act(input);
      if (this.fed[name] % 100 === 0) await this.#askBystander();
    });
    const { failed, counterexample, errorInstance, counterexamplePath } = await fc.check(property, { numRuns, seed });
    if (failed)
      throw new Error(`${name}, seed ${seed}, path ${counterexamplePath}: ${short(counterexample)}`, {
        cause: errorInstance,
      });
    await this.#askBystander();
  }

  /** The bystander says something and hears exactly that. */
  async #askBystander(): Promise<void> {
    const key = `b${++this.undisturbed}`;
    this.#bystander.frames.length = 0;
    this.#bystander.say([{ t: "post", id: this.undisturbed, key, conversation: this.#room, text: key }]);
    await this.#bystander.until(
      (frame) => frame.t === "entries" && frame.entries.some((entry) => entry.key === key && entry.kind === "message"),
    );
    const refused = this.#bystander.frames.filter(({ t }) => t === "error");
    if (refused.length > 0) throw new Error(`A bystander was disturbed: ${JSON.stringify(refused)}`);
  }

  /** The line to be fed; a fresh one, of somebody new, where the last one ended or has had enough. */
  async #lineFor(): Promise<Line> {
    if (this.#line && this.#line.closedWith === null && this.#lasts-- > 0) return this.#line;
    this.#line?.close();
    const name = `Fed ${spelled(++this.#names)}`;
    const line = await Line.enter(this.#socket, name);
    const welcome = line.frames.find((frame) => frame.t === "welcome");
    this.#me = welcome?.t === "welcome" ? welcome.you.id : 0;
    this.#token = secretOf(name);
    this.#world.users = [this.#me, ...this.#world.users.slice(0, 8)];
    await line.ask({ t: "join", key: "j", conversation: this.#room });
    this.#world.met(conversationIn(await line.ask({ t: "create_room", key: "own", name: "Own" })));
    this.#line = line;
    this.#lasts = LINE_LASTS;
    return line;
  }

  #remember(line: Line): void {
    for (const frame of line.frames) if (frame.t === "conversation") this.#world.met(frame.conversation.id);
  }
}

function conversationIn(answer: object): number {
  return (answer as { result: { conversation: { id: number } } }).result.conversation.id;
}

function short(input: unknown): string {
  const text = JSON.stringify(input, (name, value) => (name === "operation" ? value.path : value));
  return text.length > 800 ? `${text.slice(0, 600)} … ${text.slice(-200)}` : text;
}

/** Resident memory of a process in MiB, once it stops falling. */
async function resident(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 5; look++) {
    least = Math.min(least, (await residentBytes(pid)) / 2 ** 20);
    await Bun.sleep(200);
  }
  return Math.round(least);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      inputs: { type: "string", default: "100000" },
      seed: { type: "string", default: `${Date.now() % 1e9}` },
    },
  });
  const report = await runFuzz({ inputs: Number(values.inputs), seed: Number(values.seed), progress: console.log });
  console.log(JSON.stringify(report));
  process.exit(0);
}
