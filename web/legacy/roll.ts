import { element, nameOf } from "./element.ts";

/** Who is here, as often as they are. */
export class Roll {
  readonly node: HTMLElement;
  readonly #count = element("span", { class: "fact" });
  readonly #list = element("ul");
  #names: string[] = [];

  constructor() {
    const title = element("h3", {}, "Here now ", this.#count);
    this.node = element("aside", { class: "roll", "aria-label": "Who is here" }, title, this.#list);
  }

  set(names: readonly string[]): void {
    this.#names = [...names];
    this.#count.textContent = `${this.#names.length}`;
    this.#list.replaceChildren(...this.#names.map((name) => element("li", { class: "cut" }, nameOf(name))));
  }

  add(name: string): void {
    this.set([...this.#names, name]);
  }

  remove(name: string): void {
    const at = this.#names.indexOf(name);
    if (at >= 0) this.set(this.#names.toSpliced(at, 1));
  }
}
