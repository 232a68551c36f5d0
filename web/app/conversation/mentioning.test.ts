import { expect, test } from "bun:test";
import { listKey, meant, mentioningAt, writeOut } from "./mentioning.ts";

const person = (id: number, name: string, handle: string) =>
  ({ id, name, handle, kind: "guest", role: "guest" }) as const;
const people = [
  person(1, "Mara Lindqvist", "mara"),
  person(2, "Tomasz Wolski", "tom.w"),
  person(3, "Ada Marsh", "ada"),
];

test("[WEB24] an @ at the beginning of a word offers people, and one inside a word or an address does not", () => {
  expect(mentioningAt("hello @ma", 9)).toEqual({ from: 6, query: "ma" });
  expect(mentioningAt("@", 1)).toEqual({ from: 0, query: "" });
  expect(mentioningAt("hello @ma and", 9)).toEqual({ from: 6, query: "ma" });
  for (const text of ["x@ma", "a.b@ma", "hello @ma ", "hello"]) expect(mentioningAt(text, text.length)).toBeNull();
});

test("[WEB24] people are offered by their handle and by every word of their name", () => {
  expect(meant(people, "MAR").map((one) => one.id)).toEqual([1, 3]);
  expect(meant(people, "tom.").map((one) => one.id)).toEqual([2]);
  expect(meant(people, "x")).toEqual([]);
  expect(meant(people, "Mara")).toEqual([]);
  const open = { ...person(4, "Marek", ""), open: true } as const;
  expect(meant([...people, open], "mar").map((one) => one.id)).toEqual([1, 3]);
  expect(meant([...people, open], "").map((one) => one.id)).toEqual([1, 2, 3]);
});

test("[WEB24] the handle is written out where the mention was begun, with one space after it", () => {
  const at = { from: 3, query: "ma" };
  expect(writeOut("Hi @ma", at, "mara")).toEqual({ text: "Hi @mara ", caret: 9 });
  expect(writeOut("Hi @ma there", at, "mara")).toEqual({ text: "Hi @mara there", caret: 9 });
});

test("[WEB24] arrows go round the list, Enter and Tab pick, Escape dismisses, and all else is for the field", () => {
  expect([listKey("ArrowDown", 2, 3), listKey("ArrowUp", 0, 3)]).toEqual([0, 2]);
  expect([listKey("Enter", 0, 3), listKey("Tab", 0, 3), listKey("Escape", 0, 3)]).toEqual(["pick", "pick", "dismiss"]);
  expect(listKey("a", 0, 3)).toBeNull();
});
