import { oneField } from "./element.ts";
import type { Roll } from "./roll.ts";
import { type Speech, Talk } from "./talk.ts";

/** A protocol of one room, which one enters by a name. */
export interface Home {
  /** The path of the socket for somebody of this name. */
  path(name: string): string;
  speech: Speech;
  /** Code points of a name. */
  most: number;
  moved?(roll: Roll): void;
}

/** Asks for a name, and goes into the one room. */
export function enterHome(place: Element, { path, speech, most, moved }: Home): void {
  const ask = () => {
    place.replaceChildren(form);
    form.querySelector("input")?.focus();
  };
  const form = oneField({
    label: "Your name",
    button: "Come in",
    most,
    act: (typed) => {
      const me = typed.trim();
      const parts = { title: me, me, path: path(me), speech, left: ask };
      const talk = new Talk(moved ? { ...parts, moved } : parts);
      place.replaceChildren(talk.node);
      talk.focus();
    },
  });
  ask();
}
