import { expect, test } from "bun:test";
import type { Person } from "@parley/client/views";
import { answers, offered } from "./found-people.ts";

function person(id: number, name: string): Person {
  return { id, name, handle: name.toLowerCase().replace(" ", "."), kind: "guest", role: "guest" };
}

const [ada, ben, mara, strasse] = [
  person(1, "Ada Lund"),
  person(2, "Ben Lund"),
  person(3, "Mara Lund"),
  person(4, "Straße"),
];

function names(people: readonly Person[]): string[] {
  return people.map(({ name }) => name);
}

test("[WEB42] people one knows come first, then whom else the server found, each once", () => {
  const found = { query: "lund", people: [ada, mara] as Person[], more: false };
  expect(names(offered([ada, ben] as Person[], found, "@lund "))).toEqual(["Ada Lund", "Ben Lund", "Mara Lund"]);
  expect(names(offered([ben] as Person[], null, "lund"))).toEqual(["Ben Lund"]);
});

test("[WEB42] an answer to this question is taken as it is, one to an earlier question as far as it still fits", () => {
  const found = { query: "STRASSE", people: [strasse] as Person[], more: false };
  expect(names(offered([], found, "STRASSE"))).toEqual(["Straße"]);
  expect([answers(found, " @STRASSE"), answers(found, "STR"), answers(null, "")]).toEqual([true, false, false]);
  const earlier = { query: "l", people: [ada, mara] as Person[], more: true };
  expect(names(offered([], earlier, "ma"))).toEqual(["Mara Lund"]);
});
