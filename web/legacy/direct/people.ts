import { button, element } from "../element.ts";
import { conversations, isSame, type Other, online } from "./api.ts";

/** Whom one may write to: those who are here, those one talked with, and whomever one names. */
export class People {
  readonly node: HTMLElement;
  readonly #me: number;
  readonly #pick: (other: Other) => void;
  readonly #list = element("ul");
  #named: Other[] = [];
  #drawn = "";

  constructor(me: number, pick: (other: Other) => void) {
    this.#me = me;
    this.#pick = pick;
    const field = element("input", {
      class: "input",
      "aria-label": "Number",
      inputmode: "numeric",
      autocomplete: "off",
    });
    const form = element("form", { class: "write" }, field, element("button", { class: "btn" }, "Open"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (/^\s*[+-]?\d{1,15}\s*$/.test(field.value)) this.#name({ user: Number(field.value) });
      field.value = "";
    });
    this.node = element(
      "aside",
      { class: "roll", "aria-label": "People" },
      element("h3", {}, "Write to"),
      form,
      this.#list,
    );
  }

  /** Asks who is here and what is unread, and shows it with the chosen one marked. */
  async refresh(chosen: Other | null): Promise<void> {
    const [here, rows] = await Promise.all([online(), conversations(this.#me)]);
    const others = rows.map(({ other }) => other);
    for (const other of [...here.map((user) => ({ user })), ...this.#named]) {
      if (!others.some((one) => isSame(one, other))) others.push(other);
    }
    const lines = others
      .filter((other) => !("user" in other) || other.user !== this.#me)
      .map((other) => {
        const isChosen = isSame(other, chosen);
        // What stands on the screen is as good as read.
        const unread = isChosen ? 0 : (rows.find((row) => isSame(row.other, other))?.unread ?? 0);
        return { other, unread, here: "user" in other && here.includes(other.user), chosen: isChosen };
      });
    // Drawn again only where something changed: the focus may stand in it.
    const drawn = JSON.stringify(lines);
    if (drawn !== this.#drawn) this.#list.replaceChildren(...lines.map((line) => this.#row(line)));
    this.#drawn = drawn;
  }

  #name(other: Other): void {
    this.#named.push(other);
    this.#pick(other);
  }

  #row({ other, unread, here, chosen }: { other: Other; unread: number; here: boolean; chosen: boolean }): HTMLElement {
    const facts = [here ? "here" : "", unread > 0 ? `${unread} new` : ""].filter(Boolean).join(" · ");
    const open = button(calledIn(other), () => this.#pick(other), chosen ? "btn small primary" : "btn small");
    if (chosen) open.setAttribute("aria-current", "true");
    return element("li", {}, open, " ", element("span", { class: "fact" }, facts));
  }
}

/** "User 5", "Group 7". */
export function calledIn(other: Other): string {
  return "user" in other ? `User ${other.user}` : `Group ${other.group}`;
}
