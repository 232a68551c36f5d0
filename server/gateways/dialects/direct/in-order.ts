/** Steps in the order in which they were asked for: at once where nothing before them is under way. */
export class InOrder {
  readonly #failed: (error: unknown) => void;
  #chain: Promise<void> | null = null;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  do(step: () => void | Promise<void>): void {
    const work = this.#chain ? this.#chain.then(step) : step();
    if (!work) return;
    const settled: Promise<void> = work.catch(this.#failed).finally(() => {
      if (this.#chain === settled) this.#chain = null;
    });
    this.#chain = settled;
  }
}
