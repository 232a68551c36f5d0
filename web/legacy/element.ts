/** An element with these attributes. Texts in it stay texts, whatever they look like. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A name, isolated so that its direction cannot turn the words around it. */
export function nameOf(name: string): HTMLElement {
  return element("bdi", {}, name);
}

/** A button that does something. */
export function button(text: string, act: () => void, look = "btn"): HTMLButtonElement {
  const made = element("button", { type: "button", class: look }, text);
  made.addEventListener("click", act);
  return made;
}

/** A form of one field and one button. `act` is told what was typed. */
export interface OneField {
  label: string;
  button: string;
  most: number;
  act(typed: string): void;
}

/** Asks for one line of text. The label is seen; browsers count `most` in UTF-16, so it is only a first bound. */
export function oneField({ label, button: does, most, act }: OneField): HTMLFormElement {
  const field = element("input", { class: "input", id: "asked", maxlength: `${most * 2}`, autocomplete: "off" });
  const form = element(
    "form",
    { class: "ask" },
    element("label", { for: "asked", class: "label" }, label),
    field,
    element("button", { class: "btn primary" }, does),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim() !== "") act(field.value);
  });
  return form;
}
