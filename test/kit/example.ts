import { tmpdir } from "node:os";
import { ROOT } from "../../tools/source/tree.ts";

/** How long something may take before an example has failed. Milliseconds. */
const PATIENCE = 15_000;

/** One of the scripts in examples/, with somebody at its keyboard. */
export class Example {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #read: Promise<unknown>;
  #shown = "";

  constructor(script: string, ...args: string[]) {
    this.#child = Bun.spawn([process.execPath, "--no-install", `${ROOT}/examples/${script}.ts`, ...args], {
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? tmpdir(), NO_COLOR: "1" },
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

  /** Everything that it has shown, once this was among it. */
  async shows(pattern: RegExp): Promise<string> {
    const late = Date.now() + PATIENCE;
    while (!pattern.test(this.#shown)) {
      if (Date.now() > late) throw new Error(`It did not show ${pattern}, but:\n${this.#shown}`);
      await Bun.sleep(20);
    }
    return this.#shown;
  }

  /** Types nothing more; the exit code. */
  async ends(): Promise<number> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.kill(), PATIENCE);
    const code = await this.#child.exited;
    clearTimeout(timer);
    await this.#read;
    return code;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.#shown += decoder.decode(chunk, { stream: true });
  }
}
