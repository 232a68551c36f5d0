/** Two people who met over this address, with the SDK, in a process of their own. */
export class Talking {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #word: string;
  readonly #lines: AsyncIterator<string>;

  /** `certificate` is a file with the authority that they trust besides the known ones. */
  constructor(url: string, word: string, certificate?: string) {
    this.#word = word;
    const env = { ...process.env, ...(certificate && { NODE_EXTRA_CA_CERTS: certificate }) };
    this.#child = Bun.spawn([process.execPath, `${import.meta.dir}/talk.ts`, url, word], {
      env,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#lines = linesOf(this.#child.stdout);
  }

  async met(): Promise<void> {
    await this.#hear("met");
  }

  /** One speaks, the other hears it once. */
  async talk(): Promise<void> {
    this.#child.stdin.write("\n");
    this.#child.stdin.end();
    await this.#hear(`heard ${this.#word}, 1 time`);
    await this.#child.exited;
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }

  async #hear(expected: string): Promise<void> {
    const { value } = await this.#lines.next();
    if (value === expected) return;
    throw new Error(`They said ${value}: ${await new Response(this.#child.stderr).text()}`);
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
