import { expect, test } from "bun:test";
import { objectsPerMessage, type Way } from "./talk.ts";

/** Objects that the whole server makes for a message that is said alone, and for each of a hundred said in one go. */
const ALONE: Record<Way, number> = {
  native: 139,
  messenger: 160,
  broadcast: 159,
  rooms: 162,
  direct: 474,
  plain: 157,
};
const IN_A_BATCH: Record<Way, number> = {
  native: 53,
  messenger: 73,
  broadcast: 72,
  rooms: 73,
  direct: 155,
  plain: 70,
};
/** In direct each device says what came to it, which costs as much as it is said in turns of its own. */
const listenersBy = (way: Way) => (way === "direct" ? [1] : [1, 30]);

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
    for (const listeners of listenersBy(way)) within(budget, await made(way, listeners));
  },
);

test.each(Object.entries(IN_A_BATCH) as [Way, number][])(
  "[BUD4] a message by %s in a batch makes fewer objects, %i, and none for a listener",
  async (way, budget) => {
    for (const listeners of listenersBy(way)) within(budget, await made(way, listeners, 100));
  },
);

test("[BUD5] a message leaves nothing in memory once the tail of its room is full", async () => {
  for (const batch of [1, 100]) {
    expect(await objectsPerMessage({ way: "native", listeners: 5, batch, objects: "kept" })).toBeLessThan(0.2);
  }
});
