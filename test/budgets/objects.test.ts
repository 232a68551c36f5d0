import { expect, test } from "bun:test";
import { objectsPerMessage, type Way } from "./talk.ts";

/** Objects that the whole server makes for a message that is said alone, and for each of a hundred said in one go. */
const ALONE: Record<Way, number> = { native: 146, messenger: 167, broadcast: 166, rooms: 170, plain: 164 };
const IN_A_BATCH = 53;

/** Where no more than this part of a budget is needed, it proves nothing any more and is to be lowered. */
const SPARE = 0.8;

const made = (way: Way, listeners: number, batch = 1) => objectsPerMessage({ way, listeners, batch, objects: "made" });

/** To the object: one more for a message is found, and so is one for a listener. */
function within(budget: number, count: number): void {
  expect(count).toBeLessThan(budget + 0.5);
  expect(count).toBeGreaterThan(budget * SPARE);
}

test.each(Object.entries(ALONE) as [Way, number][])(
  "[BUD4] a message by %s makes no more than %i objects, and none for a listener",
  async (way, budget) => {
    within(budget, await made(way, 1));
    within(budget, await made(way, 30));
  },
);

test("[BUD4] a message in a batch makes fewer objects, and none for a listener", async () => {
  within(IN_A_BATCH, await made("native", 1, 100));
  within(IN_A_BATCH, await made("native", 30, 100));
});

test("[BUD5] a message leaves nothing in memory once the tail of its room is full", async () => {
  for (const batch of [1, 100]) {
    expect(await objectsPerMessage({ way: "native", listeners: 5, batch, objects: "kept" })).toBeLessThan(0.2);
  }
});
