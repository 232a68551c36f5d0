import { expect, test } from "bun:test";
import { countsOf, standingOf, whyCounts } from "./receipts.ts";
import { clock, clockBeside } from "./times.ts";

const counts = { committed: 1, others: 40, delivered: 30, read: 1, marks: [] };

test("[WEB41] everybody is named once, under the farthest that a message came with them, the latest first", () => {
  const by = [
    { user: 1, delivered: 5, read: 7 },
    { user: 2 },
    { user: 3, delivered: 6 },
    { user: 4, delivered: null, read: null },
    { user: 5, delivered: null },
    { user: 6, delivered: 5, read: 9 },
    { user: 7, delivered: 8 },
  ];
  expect(standingOf(by)).toEqual({
    read: [
      { user: 6, time: 9 },
      { user: 1, time: 7 },
      { user: 4, time: null },
    ],
    delivered: [
      { user: 7, time: 8 },
      { user: 3, time: 6 },
      { user: 5, time: null },
    ],
    waiting: [2],
  });
});

test("[WEB41] where nobody is named, how many is said, and why", () => {
  expect(countsOf(counts, "group")).toEqual(["Read by 1 of 40 others", "Delivered to 30 of 40 others"]);
  expect(countsOf(counts, "room")).toEqual(["Read by 1 of 40 others"]);
  expect(countsOf({ ...counts, others: 0 }, "room")).toEqual(["Nobody else was here when it was written."]);
  expect(whyCounts({ kind: "room", marks: [] })).toBe("In a room only the number is known.");
  expect(whyCounts({ kind: "group", marks: [] })).toContain("more than 32 people");
  expect(whyCounts({ kind: "group", marks: [{ user: 1, delivered: 1, read: 1 }] })).toContain("told to its author");
});

test("[WEB40] a time of another day than the message's has its date", () => {
  const sent = new Date(2025, 10, 20, 23, 50).getTime();
  const [later, next] = [sent + 5 * 60_000, sent + 15 * 60_000];
  expect(clockBeside(later, sent)).toBe(clock(later));
  expect(clockBeside(next, sent)).toBe(`21 Nov ${clock(next)}`);
});
