import { expect, test } from "bun:test";
import { moveNewLine } from "./new-line.ts";

test("[WEB3] the line appears where something is unread on opening, and stays when it was read", () => {
  const opened = moveNewLine(null, { read: 4, unread: 3 }, false);
  expect(opened).toEqual({ after: 4, count: 3 });
  expect(moveNewLine(opened, { read: 7, unread: 0 }, true)).toBe(opened);
});

test("[WEB3] the count goes on for as long as nothing below the line was seen", () => {
  expect(moveNewLine({ after: 4, count: 3 }, { read: 4, unread: 5 }, false)).toEqual({ after: 4, count: 5 });
});

test("[WEB3] what arrives while somebody watches the end makes no line", () => {
  expect(moveNewLine(null, { read: 4, unread: 1 }, true)).toBeNull();
  const old = { after: 2, count: 2 };
  expect(moveNewLine(old, { read: 4, unread: 1 }, true)).toBe(old);
});

test("[WEB3] the line moves down when all was seen and more came while nobody watched", () => {
  expect(moveNewLine({ after: 2, count: 2 }, { read: 4, unread: 1 }, false)).toEqual({ after: 4, count: 1 });
});
