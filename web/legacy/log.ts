import { element, nameOf } from "./element.ts";
import type { Said } from "./heard.ts";

/** More lines than this are not kept on the page. */
const MOST = 1_000;
/** Whoever is so near to the end wants to see what comes. Pixels. */
const NEAR = 80;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

const STATES = { sent: "Sent", delivered: "Delivered", read: "Read" };

/** What was said, oldest first. */
export class Log {
  readonly node = element("div", { class: "log", role: "log", "aria-label": "Messages", tabindex: "0" });
  readonly #me: string;
  #drawn = "";

  constructor(me: string) {
    this.#me = me;
  }

  said(said: Said): void {
    this.#add(this.#line(said));
  }

  /** All that was said, anew; nothing is drawn where nothing changed. */
  replace(all: readonly Said[]): void {
    const drawn = JSON.stringify(all);
    if (drawn === this.#drawn) return;
    this.clear();
    this.#drawn = drawn;
    this.node.append(...all.map((said) => this.#line(said)));
    this.node.scrollTop = this.node.scrollHeight;
  }

  #line({ by, text, at = Date.now(), how }: Said): HTMLElement {
    const time = new Date(at);
    return element(
      "article",
      { class: by === this.#me ? "said mine" : "said" },
      element("b", {}, nameOf(by)),
      element("time", { class: "fact", datetime: time.toISOString() }, clock.format(time)),
      ...(how ? [element("span", { class: `how fact ${how}` }, STATES[how])] : []),
      element("p", { dir: "auto" }, text),
    );
  }

  /** Something that nobody said: who came and went, what was refused. */
  note(text: string): void {
    this.#add(element("p", { class: "note hint" }, text));
  }

  clear(): void {
    this.node.replaceChildren();
    this.#drawn = "";
  }

  #add(line: HTMLElement): void {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    this.node.append(line);
    if (this.node.childElementCount > MOST) this.node.firstElementChild?.remove();
    if (near) this.node.scrollTop = this.node.scrollHeight;
  }
}
