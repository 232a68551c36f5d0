import { button, element, nameOf } from "./element.ts";
import type { Heard, Said } from "./heard.ts";
import { Line, type LineState } from "./line.ts";
import { LineView } from "./line-view.ts";
import { Log } from "./log.ts";
import { Roll } from "./roll.ts";

/** How one protocol speaks in a room. */
export interface Speech {
  /** Null where a frame says nothing that is shown. */
  decode(frame: string): Heard | null;
  encode(text: string): string;
  /** The frame that says that one writes, where there is one. */
  typing?: string;
  /** Does the protocol tell who is here? */
  roll: boolean;
  /** Code points of a message. */
  most: number;
  forGood(code: number, reason: string): string | null;
}

export interface TalkParts {
  title: string;
  me: string;
  path: string;
  speech: Speech;
  /** What was said before, with ids; asked for each time when one is told who is here. */
  history?(): Promise<Said[]>;
  /** Called after somebody came or went, and when the line opens. */
  moved?(roll: Roll): void;
  left(): void;
}

/** How long somebody counts as writing, and how often it is said. Milliseconds. */
const WRITING = 3_000;
const WRITING_EVERY = 1_500;

/** A room: what is said, who is here, a field to write in, and how the line is. */
export class Talk {
  readonly node: HTMLElement;
  readonly log: Log;
  readonly #parts: TalkParts;
  readonly #line: Line;
  readonly #roll = new Roll();
  readonly #view = new LineView(() => this.#line.tryNow());
  readonly #typing = element("p", { class: "typing hint", role: "status" });
  readonly #field = element("input", { class: "input", "aria-label": "Message", autocomplete: "off" });
  readonly #send = element("button", { class: "btn primary" }, "Send");
  #silent: ReturnType<typeof setTimeout> | undefined;
  #toldTyping = 0;
  /** What came while the history is on its way; null where it is not. */
  #held: Heard[] | null = null;

  constructor(parts: TalkParts) {
    this.#parts = parts;
    this.log = new Log(parts.me);
    this.node = this.#draw();
    const { forGood } = parts.speech;
    const heard = (frame: string) => this.#hear(parts.speech.decode(frame));
    this.#line = new Line({ path: parts.path, heard, changed: (state) => this.#changed(state), forGood });
    this.#field.focus();
  }

  close(): void {
    this.#view.close();
    clearTimeout(this.#silent);
    this.#line.close();
  }

  focus(): void {
    this.#field.focus();
  }

  #draw(): HTMLElement {
    const { title, speech } = this.#parts;
    const leave = button("Leave", () => this.#leave(), "btn small");
    const form = element("form", { class: "write" }, this.#field, this.#send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#field.addEventListener("input", () => this.#tellTyping());
    return element(
      "section",
      { class: speech.roll ? "talk with-roll" : "talk", "aria-label": "Conversation" },
      element("header", {}, element("h2", {}, nameOf(title)), ...this.#view.nodes, leave),
      this.log.node,
      ...(speech.roll ? [this.#roll.node] : []),
      this.#typing,
      form,
    );
  }

  #leave(): void {
    this.close();
    this.#parts.left();
  }

  #say(): void {
    const text = this.#field.value;
    const { most, encode } = this.#parts.speech;
    if (text.trim() === "") return;
    const over = [...text].length - most;
    if (over > 0) return this.log.note(`${over} characters too many. ${most} is the limit here.`);
    if (this.#line.send(encode(text))) this.#field.value = "";
  }

  #tellTyping(): void {
    const { typing } = this.#parts.speech;
    if (typing === undefined || Date.now() - this.#toldTyping < WRITING_EVERY) return;
    if (this.#line.send(typing)) this.#toldTyping = Date.now();
  }

  #hear(heard: Heard | null): void {
    if (!heard) return;
    if (heard.is === "here") void this.#readHistory();
    else if (this.#held) return void this.#held.push(heard);
    this.#show(heard);
  }

  /** The line is open before the history is asked for, so that nothing falls between the two. */
  async #readHistory(): Promise<void> {
    const { history } = this.#parts;
    if (!history || this.#held) return;
    const held: Heard[] = [];
    this.#held = held;
    const before = await history().catch(() => null);
    this.#held = null;
    if (before) this.log.clear();
    for (const said of before ?? []) this.log.said(said);
    const newest = before?.at(-1)?.id ?? 0;
    for (const heard of held) if (heard.is !== "said" || (heard.id ?? 0) > newest) this.#show(heard);
  }

  #show(heard: Heard): void {
    if (heard.is === "said") {
      this.log.said(heard);
      this.#quiet();
    } else if (heard.is === "typing") this.#writes(heard.who);
    else if (heard.is === "here") this.#roll.set(heard.names);
    else {
      this.log.note(heard.text);
      if (heard.is === "came") this.#roll.add(heard.who);
      if (heard.is === "went") this.#roll.remove(heard.who);
      if (heard.is !== "note") this.#parts.moved?.(this.#roll);
    }
  }

  #writes(who: string): void {
    this.#typing.replaceChildren(nameOf(who), " is writing");
    clearTimeout(this.#silent);
    this.#silent = setTimeout(() => this.#quiet(), WRITING);
  }

  #quiet(): void {
    this.#typing.replaceChildren();
  }

  #changed(state: LineState): void {
    const open = state.is === "open";
    this.#send.disabled = !open;
    this.#view.show(state);
    if (state.is === "ended") this.log.note(state.why);
    if (!open) this.#roll.set([]);
  }
}
