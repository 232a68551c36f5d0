import { expect } from "bun:test";

const WAIT_MS = 15_000;
const PAUSE_MS = 20;

/** Asks again until the answer is this; fails with the difference. */
export async function becomes<T>(ask: () => Promise<T> | T, expected: T): Promise<void> {
  const until = Date.now() + WAIT_MS;
  let answer = await ask();
  while (!Bun.deepEquals(answer, expected) && Date.now() < until) {
    await Bun.sleep(PAUSE_MS);
    answer = await ask();
  }
  expect<unknown>(answer).toEqual(expected);
}
