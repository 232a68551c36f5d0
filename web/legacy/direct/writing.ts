import { element } from "../element.ts";

/** Whoever does not go on for so long does not write any more. Milliseconds. */
const PAUSE = 3_000;

/** Who writes: tells the others when one begins and stops, and shows when they do. */
export class Writing {
  readonly node = element("p", { class: "typing hint", role: "status" });
  readonly #tell: (active: boolean) => void;
  #active = false;
  #stop: ReturnType<typeof setTimeout> | undefined;
  #silent: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (active: boolean) => void) {
    this.#tell = tell;
  }

  typed(something: boolean): void {
    clearTimeout(this.#stop);
    if (something !== this.#active) this.#tell(something);
    this.#active = something;
    if (something) this.#stop = setTimeout(() => this.typed(false), PAUSE);
  }

  heard(who: string, active: boolean): void {
    clearTimeout(this.#silent);
    this.node.textContent = active ? `${who} is writing` : "";
    if (active) this.#silent = setTimeout(() => this.heard(who, false), 2 * PAUSE);
  }
}
