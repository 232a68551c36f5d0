import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { DirectSite } from "../kit/direct-site.ts";
import { heldBy } from "../kit/natives.ts";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

const ROOT = join(import.meta.dir, "../..");
const folder = temporaryFolder();
let parley: ServerProcess;
let site: DirectSite;

beforeAll(async () => {
  parley = new ServerProcess({ port: await freePort(), data: folder.path });
  await parley.start();
  site = new DirectSite(parley.url);
});
afterAll(async () => {
  await parley.stop();
  folder.remove();
});

/** A script of `examples/` as somebody runs it: types lines, and sees what it shows. */
class Script {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  #shown = "";
  readonly #read: Promise<unknown>;

  constructor(name: string, ...args: string[]) {
    this.#child = Bun.spawn([process.execPath, "--no-install", `examples/${name}`, ...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/tmp", NO_COLOR: "1" },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#read = Promise.all([this.#keep(this.#child.stdout), this.#keep(this.#child.stderr)]);
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
    this.#child.stdin.flush();
  }

  /** Resolves once it has shown this. */
  async shows(pattern: RegExp): Promise<string> {
    for (const late = Date.now() + 10_000; !pattern.test(this.#shown); await Bun.sleep(20)) {
      if (Date.now() > late) throw new Error(`It did not show ${pattern}:\n${this.#shown}`);
    }
    return this.#shown;
  }

  /** Types the end, and waits for its own. */
  async ends(): Promise<number> {
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill(), 10_000);
    const code = await this.#child.exited;
    clearTimeout(late);
    await this.#read;
    return code;
  }

  async #keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.#shown += decoder.decode(chunk, { stream: true });
  }
}

test("[DIA107] direct: its script talks to somebody, shows how far each message came, and is back by itself after a restart", async () => {
  await site.known(2);
  const ann = new Script("direct.ts", site.url, "1", "2");
  await ann.shows(/You are user 1\./);
  ann.type("hello");
  await ann.shows(/\(\d+ sent\)/);
  let bob = await site.enter(2);
  const { message, message_id } = await bob.json();
  expect(message).toBe("hello");
  await ann.shows(new RegExp(`\\(${message_id} delivered\\)`));
  bob.say({ type: "typing", recipient_id: 1, is_typing: true });
  bob.say({ type: "read_receipt", message_id, sender_id: 1 });
  await ann.shows(new RegExp(`\\(${message_id} read\\)`));
  bob.say({ recipient_id: 1, message: "hello yourself" });
  await ann.shows(/\(2 is writing\)\n[\s\S]*2: hello yourself\n/);
  const types: unknown[] = [];
  while (!types.includes("read_receipt")) types.push((await bob.json()).type);

  await parley.kill();
  await ann.shows(/no line/);
  ann.type("said without a line");
  await parley.start();
  bob = await site.enter(2);
  expect(await bob.json()).toMatchObject({ message: "said without a line", sender_id: 1 });
  await ann.shows(/(You are user 1\.[\s\S]*){2}/);
  expect(await ann.ends()).toBe(0);
  await bob.leave();
}, 30_000);

test("[DIA107] direct: its script proves a held number by a token, and shows why something was refused", async () => {
  const token = await heldBy(site.url, "Ann");
  const me = await fetch(`${site.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
  const { id } = ((await me.json()) as { person: { id: number } }).person;
  const ann = new Script("direct.ts", site.url, `${id}`, "99999", token);
  await ann.shows(new RegExp(`You are user ${id}\\.`));
  ann.type("anybody there?");
  await ann.shows(/Refused: User 99999 does not exist\./);
  expect(await ann.ends()).toBe(0);
});

test("[DIA107] direct: the shortest script says one message and shows every frame", async () => {
  const bob = await site.enter(12);
  const script = new Script("direct-websocket.ts", `${site.url.replace("http", "ws")}/ws/11`, "12", "Hi!");
  expect(await bob.json()).toMatchObject({ type: "typing_indicator", user_id: 11, is_typing: true });
  expect(await bob.json()).toMatchObject({ type: "new_message", message: "Hi!" });
  const shown = await script.shows(/Received:[\s\S]*connection_established[\s\S]*message_sent/);
  expect(shown).toStartWith("Received: {");
  expect(await script.ends()).toBe(0);
  const nowhere = new Script("direct-websocket.ts", "ws://127.0.0.1:9/ws/1");
  expect(await nowhere.ends()).toBe(1);
  await bob.leave();
}, 20_000);
