import { begin } from "../begin.ts";
import { oneField } from "../element.ts";
import { Desk } from "./desk.ts";

/** A number first, then everybody else, who are numbers, too. */
begin((place) => {
  const ask = () => {
    place.replaceChildren(form);
    form.querySelector("input")?.focus();
  };
  const form = oneField({
    label: "Your number",
    button: "Come in",
    most: 8,
    act: (typed) => {
      if (/^[+-]?\d{1,15}$/.test(typed.trim())) place.replaceChildren(new Desk(Number(typed), ask).node);
    },
  });
  form.querySelector("input")?.setAttribute("pattern", "\\s*[+\\-]?\\d{1,15}\\s*");
  ask();
});
