import { expect, test } from "bun:test";
import fc from "fast-check";
import { linkify } from "./linkify.ts";

const NOBODY = new Map<string, number>();
const links = (text: string) => linkify(text, NOBODY).flatMap((piece) => (piece.is === "link" ? [piece.text] : []));

test("[WEB9] web addresses become links, without the punctuation after them", () => {
  expect(links("See https://a.example/b?c=d#e, and (http://x.example/(y)).")).toEqual([
    "https://a.example/b?c=d#e",
    "http://x.example/(y)",
  ]);
  expect(links("HTTPS://UPPER.example!")).toEqual(["HTTPS://UPPER.example"]);
});

test("[WEB9] nothing but http and https becomes a link", () => {
  const text = "javascript:alert(1) data:text/html,x ftp://a.example file:///etc vbscript:x www.a.example https:// x";
  expect(links(text)).toEqual([]);
  expect(links("javascript:https://a.example")).toEqual(["https://a.example"]);
  expect(links("xhttps://a.example")).toEqual([]);
});

test("[WEB9] the pieces put together are the text, and every link leads to the web", () => {
  const part = fc.constantFrom(
    "https://a.example",
    "http://",
    "@ada",
    "@",
    ".",
    ")",
    "(",
    " ",
    "\n",
    "<b>",
    "\u202e",
    "é",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 20 }), (parts) => {
      const text = parts.join("");
      const pieces = linkify(text, new Map([["ada", 1]]));
      expect(pieces.map((piece) => piece.text).join("")).toBe(text);
      for (const piece of pieces) if (piece.is === "link") expect(piece.href).toMatch(/^https?:\/\/./);
    }),
  );
});

test("[WEB10] only the people whom a message mentions are marked in it", () => {
  const pieces = linkify("@Ada and @ben: mail x@ada.example, @ada.", new Map([["ada", 7]]));
  expect(pieces).toEqual([
    { is: "mention", text: "@Ada", user: 7 },
    { is: "text", text: " and @ben: mail x@ada.example, " },
    { is: "mention", text: "@ada", user: 7 },
    { is: "text", text: "." },
  ]);
});
