import { expect, test } from "bun:test";
import { backoff } from "./backoff.ts";

test("[SDK2] a wait is spread over everything under a ceiling that doubles from half a second to twenty", () => {
  const ceilings = [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000];
  ceilings.forEach((ceiling, attempt) => {
    expect(backoff(attempt, () => 0)).toBe(0);
    expect(backoff(attempt, () => 0.999999)).toBe(ceiling - 1);
  });
  expect(backoff(5000, () => 0.999999)).toBe(19_999);
});
