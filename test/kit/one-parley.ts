import { afterAll, beforeAll } from "bun:test";
import { ParleyProcess, temporaryFolder } from "./process.ts";

/** One Parley of its own process for all tests of the file that asks for it: up before them, gone after them. */
export class OneParley {
  /** Where it answers. */
  url = "";
  readonly #env: Record<string, string>;
  readonly #folder = temporaryFolder();
  #process: ParleyProcess | null = null;

  constructor(env: Record<string, string> = {}) {
    this.#env = env;
    beforeAll(() => this.start());
    afterAll(async () => {
      await this.stop();
      this.#folder.remove();
    });
  }

  /** Also again after a stop, on the same folder; with other settings where some are given. */
  async start(env: Record<string, string> = this.#env): Promise<void> {
    this.#process = new ParleyProcess({ PARLEY_DATA: this.#folder.path, ...env });
    this.url = await this.#process.url();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** The first group of the first match in what it said to a person, now or later. */
  async said(pattern: RegExp): Promise<string> {
    return (await this.#process?.said(pattern)) ?? "";
  }
}
