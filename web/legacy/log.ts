import { element, nameOf } from "./element.ts";
import type { Said } from "./heard.ts";

/** More lines than this are not kept on the page. */
const MOST = 1_000;
/** Whoever is so near to the end wants to see what comes. Pixels. */
const NEAR = 80;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** What was said, oldest first. */
export class Log {
  readonly node = element("div", { class: "log", role: "log", "aria-label": "Messages", tabindex: "0" });
  readonly #me: string;

  constructor(me: string) {
    this.#me = me;
  }

  /** The line, for whoever has more to say of it. */
  said({ by, text, at = Date.now() }: Said): HTMLElement {
    const time = new Date(at);
    const line = element(
      "article",
      { class: by === this.#me ? "said mine" : "said" },
      element("b", {}, nameOf(by)),
      element("time", { class: "fact", datetime: time.toISOString() }, clock.format(time)),
      element("p", { dir: "auto" }, text),
    );
    this.#add(line);
    return line;
  }

  /** Something that nobody said: who came and went, what was refused. */
  note(text: string): void {
    this.#add(element("p", { class: "note hint" }, text));
  }

  clear(): void {
    this.node.replaceChildren();
  }

  #add(line: HTMLElement): void {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    this.node.append(line);
    if (this.node.childElementCount > MOST) this.node.firstElementChild?.remove();
    if (near) this.node.scrollTop = this.node.scrollHeight;
  }
}
