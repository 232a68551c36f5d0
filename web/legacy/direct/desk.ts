import { button, element } from "../element.ts";
import { fieldsOf, textIn } from "../heard.ts";
import { Line, type LineState } from "../line.ts";
import { LineView } from "../line-view.ts";
import { Log } from "../log.ts";
import { addressed, isSame, type Message, messages, type Other } from "./api.ts";
import { calledIn, People } from "./people.ts";
import { Turns } from "./turns.ts";
import { Writing } from "./writing.ts";

/** How often one looks who is here: no frame tells it. Milliseconds. */
const LOOK_EVERY = 4_000;

/** Everything that somebody with a number does: see who is here, write, and know what became of it. */
export class Desk {
  readonly node: HTMLElement;
  readonly #me: number;
  readonly #line: Line;
  readonly #view = new LineView(() => this.#line.tryNow());
  readonly #people: People;
  readonly #log: Log;
  readonly #title = element("h2");
  readonly #field = element("input", { class: "input", "aria-label": "Message", autocomplete: "off" });
  readonly #send = element("button", { class: "btn primary" }, "Send");
  readonly #writing: Writing;
  readonly #reading = new Turns(() => this.#read());
  readonly #looking: ReturnType<typeof setInterval>;
  #other: Other | null = null;
  #receipted = 0;

  /** `left` is called when they go. */
  constructor(me: number, left: () => void) {
    this.#me = me;
    this.#log = new Log(`User ${me}`);
    this.#people = new People(me, (other) => this.#open(other));
    this.#writing = new Writing((is_typing) => this.#tell("typing", { is_typing }));
    this.node = this.#draw(left);
    this.#line = new Line({
      path: `/dialects/direct/ws/${me}`,
      heard: (frame) => this.#hear(frame),
      changed: (state) => this.#changed(state),
      forGood: (code, reason) => (code === 1008 ? `${reason}.` : null),
    });
    this.#looking = setInterval(() => this.#reading.want(), LOOK_EVERY);
    this.#open(null);
  }

  #draw(left: () => void): HTMLElement {
    const leave = () => {
      clearInterval(this.#looking);
      this.#view.close();
      this.#line.close();
      left();
    };
    const form = element("form", { class: "write" }, this.#field, this.#send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#field.addEventListener("input", () => this.#writing.typed(this.#field.value !== ""));
    return element(
      "section",
      { class: "talk with-roll", "aria-label": "Conversation" },
      element("header", {}, this.#title, ...this.#view.nodes, button("Leave", leave, "btn small")),
      this.#log.node,
      this.#people.node,
      this.#writing.node,
      form,
    );
  }

  #open(other: Other | null): void {
    this.#other = other;
    this.#receipted = 0;
    this.#title.textContent = other ? `${calledIn(other)}, with you as ${this.#me}` : `You are ${this.#me}`;
    this.#log.clear();
    if (!other) this.#log.note("Pick somebody to write to, or open a number.");
    this.#field.disabled = other === null;
    if (other) this.#field.focus();
    this.#reading.want();
  }

  #say(): void {
    const message = this.#field.value;
    if (message === "" || !this.#other) return;
    if (!this.#tell("message", { message, message_type: "text" })) return;
    this.#field.value = "";
    this.#writing.typed(false);
  }

  #tell(type: string, fields: object): boolean {
    if (!this.#other) return false;
    const timestamp = new Date().toISOString();
    return this.#line.send(JSON.stringify({ type, ...addressed(this.#other), ...fields, timestamp }));
  }

  #hear(frame: string): void {
    const fields = fieldsOf(frame);
    if (!fields) return;
    if (fields.type === "typing_indicator") this.#hearTyping(fields);
    else if (fields.type === "error") this.#log.note(textIn(fields.message));
    // Every other frame means that something was said, came or was read: what stands here is asked for again.
    else if (fields.type !== "pong") this.#reading.want();
  }

  #hearTyping({ user_id, group_id, is_typing }: Record<string, unknown>): void {
    const other = typeof group_id === "number" ? { group: group_id } : { user: Number(user_id) };
    if (isSame(other, this.#other)) this.#writing.heard(`User ${user_id}`, is_typing === true);
  }

  async #read(): Promise<void> {
    const other = this.#other;
    const [said] = await Promise.all([other ? messages(this.#me, other) : [], this.#people.refresh(other)]);
    if (!other || !isSame(other, this.#other)) return;
    this.#show(said);
    const last = said.findLast(({ by }) => by !== this.#me);
    if (!last || last.id <= this.#receipted || document.hidden) return;
    const receipt = { type: "read_receipt", message_id: last.id, sender_id: last.by };
    if (this.#line.send(JSON.stringify(receipt))) this.#receipted = last.id;
  }

  #show(said: readonly Message[]): void {
    this.#log.replace(
      said.map(({ by, text, at, status }) => {
        const line = { by: `User ${by}`, text, at };
        return by === this.#me ? { ...line, how: status } : line;
      }),
    );
  }

  #changed(state: LineState): void {
    this.#send.disabled = state.is !== "open";
    this.#view.show(state);
    if (state.is === "ended") this.#log.note(state.why);
  }
}
