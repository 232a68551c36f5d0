/** Does something whenever it is wanted, one after the other: wishes that come meanwhile are one. */
export class Turns {
  readonly #act: () => Promise<void>;
  #busy = false;
  #again = false;

  constructor(act: () => Promise<void>) {
    this.#act = act;
  }

  want(): void {
    this.#again = true;
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#again) {
      this.#again = false;
      // The server is away: whoever wants it next asks again.
      await this.#act().catch(() => {});
    }
    this.#busy = false;
  }
}
