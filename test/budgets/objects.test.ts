import { expect, test } from "bun:test";
import { objectsPerMessage, type Way } from "./talk.ts";

/** Objects that the whole server makes for a message that is said alone, and for each of a hundred said in one go. */
const ALONE: Record<Way, number> = { native: 230, messenger: 237, broadcast: 236, rooms: 240, plain: 234 };
const IN_A_BATCH = 138;

const made = (way: Way, listeners: number, batch = 1) => objectsPerMessage({ way, listeners, batch, objects: "made" });

test.each(Object.entries(ALONE) as [Way, number][])(
  "[BUD4] a message by %s makes %i objects, and none for a listener",
  async (way, budget) => {
    expect(await made(way, 1)).toBeCloseTo(budget, 0);
    expect(await made(way, 30)).toBeCloseTo(budget, 0);
  },
);

test("[BUD4] a message in a batch makes fewer objects, and none for a listener", async () => {
  expect(await made("native", 1, 100)).toBeCloseTo(IN_A_BATCH, 0);
  expect(await made("native", 30, 100)).toBeCloseTo(IN_A_BATCH, 0);
});

test("[BUD5] a message leaves nothing in memory once the tail of its room is full", async () => {
  for (const batch of [1, 100]) {
    expect(await objectsPerMessage({ way: "native", listeners: 5, batch, objects: "kept" })).toBeLessThan(0.2);
  }
});
