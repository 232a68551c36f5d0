import { button, element } from "./element.ts";
import type { LineState } from "./line.ts";

/** How a line is, in words, with a button for whoever does not want to wait. */
export class LineView {
  readonly nodes: readonly HTMLElement[];
  readonly #words = element("p", { class: "state fact", role: "status" });
  readonly #tryNow: HTMLButtonElement;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(tryNow: () => void) {
    this.#tryNow = button("Try now", tryNow, "btn quiet small");
    this.nodes = [this.#words, this.#tryNow];
  }

  show(state: LineState): void {
    this.close();
    this.#tryNow.hidden = state.is !== "waiting";
    this.#words.dataset.line = state.is;
    this.#tell(state);
    if (state.is === "waiting") this.#ticking = setInterval(() => this.#tell(state), 250);
  }

  close(): void {
    clearInterval(this.#ticking);
  }

  #tell(state: LineState): void {
    const words = wordsFor(state);
    if (this.#words.textContent !== words) this.#words.textContent = words;
  }
}

function wordsFor(state: LineState): string {
  if (state.is === "waiting") return `Offline · retry ${Math.max(0, Math.ceil((state.until - Date.now()) / 1000))} s`;
  return { connecting: "Connecting", open: "Live", ended: "Ended" }[state.is];
}
