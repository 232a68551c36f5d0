import { expect, test } from "bun:test";
import { mayReconnect } from "./closes.ts";
import { cursorCheck } from "./cursor.ts";

test("[RES1] a cursor's check names its entry: the same everywhere, another for another author or key", () => {
  expect(cursorCheck(1_000_000, "k1")).toBe(2_919_162_430);
  expect(cursorCheck(1_000_001, "k1")).not.toBe(cursorCheck(1_000_000, "k1"));
  expect(cursorCheck(1_000_000, "k2")).not.toBe(cursorCheck(1_000_000, "k1"));
});

test("[SOCK3] the range of a close code is its verdict, and one that is not known means reconnect", () => {
  expect([4000, 4499, 1000, 1006, 1009, 4999, 4500, 3500].map(mayReconnect)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
