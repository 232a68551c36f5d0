import { drainMicrotasks } from "bun:jsc";

interface Event {
  at: number;
  order: number;
  call: (() => void) | null;
}

/** The only time there is: events in order, and after each of them everything that promises have to say. */
export class Time {
  /** Milliseconds since the world began; fractions too. */
  now = 0;
  steps = 0;
  #order = 0;
  readonly #heap: Event[] = [];

  /** Calls back once, `ms` from now; the result cancels it. */
  after(ms: number, call: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, ms), order: ++this.#order, call };
    this.#push(event);
    return () => {
      event.call = null;
    };
  }

  /** Lets everything happen that is due within `ms`, or until `enough`. */
  run(ms: number, enough: () => boolean = () => false): void {
    const end = this.now + ms;
    drainMicrotasks();
    while (!enough()) {
      const event = this.#heap[0];
      if (!event || event.at > end) break;
      this.#pop();
      if (!event.call) continue;
      this.now = event.at;
      this.steps += 1;
      event.call();
      drainMicrotasks();
    }
    if (!enough()) this.now = Math.max(this.now, end);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(event, heap[parent] as Event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      const other = heap[child + 1];
      if (other && before(other, heap[child] as Event)) child += 1;
      if (!before(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}

function before(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
