import { expect, test } from "bun:test";
import { objectsPerMessage } from "./talk.ts";

/** Objects that the whole server makes for a message. What counting itself makes is less than half of one. */
const ALONE = 230;
const IN_A_BATCH = 138;

test("[BUD4] a message makes so many objects as its budget says, fewer in a batch, and none for a listener", async () => {
  const made = (listeners: number, batch: number) => objectsPerMessage({ listeners, batch, objects: "made" });
  expect(await made(1, 100)).toBeCloseTo(IN_A_BATCH, 0);
  expect(await made(40, 100)).toBeCloseTo(IN_A_BATCH, 0);
  expect(await made(1, 1)).toBeCloseTo(ALONE, 0);
  expect(await made(40, 1)).toBeCloseTo(ALONE, 0);
});

test("[BUD5] a message leaves nothing in memory once the tail of its room is full", async () => {
  expect(await objectsPerMessage({ listeners: 5, batch: 100, objects: "kept" })).toBeLessThan(0.2);
  expect(await objectsPerMessage({ listeners: 5, batch: 1, objects: "kept" })).toBeLessThan(0.2);
});
