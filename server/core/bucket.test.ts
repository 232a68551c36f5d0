import { expect, test } from "bun:test";
import { FULL, type FullAt, type Rate, taken, waitFor } from "./bucket.ts";

/** Takes what it can in one moment: how many that was, and the wait for the next. */
function drain(bucket: FullAt, now: number, rate: Rate): { took: number; wait: number; bucket: FullAt } {
  let left = bucket;
  for (let took = 0; ; took++) {
    const wait = waitFor(left, now, rate);
    if (wait > 0) return { took, wait, bucket: left };
    left = taken(left, now, rate);
  }
}

const NOW = 30 * 86_400_000;

test("[RATE1] a rested bucket gives its burst and not one more, and then as many as the rate says", () => {
  for (const perSecond of [0.5, 1, 3, 7, 16 + 2 / 3, 20, 2_000, 1_000_000]) {
    for (const burst of [1, 3, 100]) {
      const rate = { perSecond, burst };
      const first = drain(FULL, NOW, rate);
      expect({ rate, took: first.took }).toEqual({ rate, took: burst });
      const later = drain(first.bucket, NOW + 60_000, rate);
      expect({ rate, took: later.took }).toEqual({ rate, took: Math.min(burst, Math.floor(perSecond * 60)) });
    }
  }
});

test("[RATE1] the wait that was told is enough, and a millisecond less is not", () => {
  const rate = { perSecond: 3, burst: 5 };
  let { wait, bucket } = drain(FULL, NOW, rate);
  for (let now = NOW, taking = 0; taking < 1_000; taking++) {
    expect(waitFor(bucket, now + wait - 1, rate)).toBe(1);
    now += wait;
    expect(waitFor(bucket, now, rate)).toBe(0);
    bucket = taken(bucket, now, rate);
    wait = waitFor(bucket, now, rate);
    expect(wait).toBeGreaterThan(0);
  }
});

test("[RATE8] a clock that is set back makes nobody wait for it, and one that is set forward makes nobody richer than rest does", () => {
  const rate = { perSecond: 20, burst: 100 };
  const { bucket } = drain(FULL, NOW, rate);
  expect(drain(bucket, NOW - 3_600_000, rate).took).toBe(100);
  expect(drain(bucket, NOW + 3_600_000, rate).took).toBe(100);
  expect(drain(bucket, NOW - 1_000, rate)).toMatchObject({ took: 100 });
});
