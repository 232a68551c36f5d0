/** Tells subscribers that something changed: once a turn, however much did. */
export class Changes {
  readonly #subscribers = new Set<() => void>();
  #due = false;

  subscribe(changed: () => void): () => void {
    // Its own object: the same function may subscribe twice.
    const subscriber = () => changed();
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  happened(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      for (const subscriber of [...this.#subscribers]) subscriber();
    });
  }
}
