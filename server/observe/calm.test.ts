import { expect, test } from "bun:test";
import type { Clock } from "../core/ports.ts";
import { afterWork } from "./calm.ts";

/** A process that spends this many milliseconds of processor time in each second; how often it was called back so far. */
function seconds(...spending: number[]): number[] {
  let [spent, calls] = [0, 0];
  let due: (() => void) | null = null;
  const clock: Clock = {
    now: () => 0,
    turn: () => {},
    after(_ms, call) {
      due = call;
      return () => {
        due = null;
      };
    },
  };
  const end = afterWork(
    clock,
    () => spent,
    () => {
      calls += 1;
      spent += 5_000;
    },
  );
  const called = spending.map((ms) => {
    spent += ms;
    due?.();
    return calls;
  });
  end();
  expect(due).toBeNull();
  return called;
}

test("[BND9] memory is given back once after work, two seconds after its end", () => {
  expect(seconds(10, 900, 10, 10, 10, 10)).toEqual([0, 0, 0, 1, 1, 1]);
});

test("[BND9] while there is work, however it comes and goes, nothing is collected", () => {
  expect(seconds(900, 10, 900, 10, 251, 10)).toEqual([0, 0, 0, 0, 0, 0]);
});

test("[BND9] a server that was never at work is left alone, and each later storm ends with a collection of its own", () => {
  expect(seconds(10, 250, 10, 10)).toEqual([0, 0, 0, 0]);
  expect(seconds(900, 0, 0, 10, 900, 0, 0)).toEqual([0, 0, 1, 1, 1, 1, 2]);
});
