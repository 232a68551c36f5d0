import { begin } from "../begin.ts";
import { oneField } from "../element.ts";
import { Places } from "./places.ts";

/** A name first, then the rooms; each is entered from their list. */
begin((place) => {
  const form = oneField({
    label: "Your name",
    button: "Come in",
    most: 64,
    act: (typed) => new Places(place, typed.trim()).show(),
  });
  place.replaceChildren(form);
  form.querySelector("input")?.focus();
});
