import { expect, test } from "bun:test";
import { Stage } from "../kit/stage.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** May somebody new be called like this? */
async function isFree(stage: Stage, name: string): Promise<boolean> {
  const secret = stage.key().padEnd(40, "_");
  return stage.chat.people.enrol(name, secret).then(
    () => true,
    () => false,
  );
}

test("[PEO14] a clock that is a year ahead for less than a day takes nobody's name", async () => {
  const stage = new Stage();
  await stage.person("Ada");
  stage.clock.set(365 * DAY);
  expect(await isFree(stage, "Ada")).toBe(false);
  stage.clock.advance(23 * HOUR);
  await stage.person("Ben");
  expect(await isFree(stage, "Ada")).toBe(false);
  stage.clock.set(-365 * DAY);
  stage.clock.advance(2 * HOUR);
  expect(await isFree(stage, "Ada")).toBe(false);
  stage.clock.advance(29 * DAY);
  expect(await isFree(stage, "Ada")).toBe(false);
  stage.clock.advance(2 * DAY);
  expect([await isFree(stage, "Ada"), await isFree(stage, "Ben")]).toEqual([true, true]);
});

test("[PEO14] a clock that was behind is believed a day after it was put right", async () => {
  const stage = new Stage();
  stage.clock.set(-365 * DAY);
  stage.clock.advance(HOUR);
  await stage.person("Ada");
  stage.clock.set(365 * DAY);
  stage.clock.advance(DAY + HOUR);
  await stage.person("Ben");
  stage.clock.set(-DAY);
  stage.clock.advance(29 * DAY);
  expect(await isFree(stage, "Ben")).toBe(false);
  expect(await isFree(stage, "Ada")).toBe(true);
});
