import { expect, test } from "bun:test";
import type { Clock } from "../../../core/ports.ts";
import { Missing } from "./missing.ts";

/** A clock that stands until it is told to go on. */
function standing() {
  let now = 0;
  let due: { at: number; call: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after: (ms, call) => {
      due.push({ at: now + ms, call });
      return () => {};
    },
    turn: (call) => call(),
  };
  const pass = (ms: number) => {
    now += ms;
    const over = due.filter(({ at }) => at <= now);
    due = due.filter(({ at }) => at > now);
    for (const { call } of over) call();
  };
  return { clock, pass };
}

test("[DIA66] rooms: three who ask in vain within a minute are told so, the fourth is refused, and a minute after one of them another is told", () => {
  const { clock, pass } = standing();
  const missing = new Missing(clock);
  expect(missing.again("a")).toBe(false);
  pass(30_000);
  expect([missing.again("a"), missing.again("a"), missing.again("a")]).toEqual([false, false, true]);
  expect(missing.again("b")).toBe(false);
  pass(29_999);
  expect(missing.again("a")).toBe(true);
  pass(1);
  expect([missing.again("a"), missing.again("a")]).toEqual([false, true]);
  pass(60_000);
  expect([missing.again("a"), missing.again("a"), missing.again("a"), missing.again("a")]).toEqual([
    ...[false, false, false, true],
  ]);
});

test("[DIA66] rooms: of more than 10,000 who ask in vain the first are forgotten, and nobody else", () => {
  const { clock, pass } = standing();
  const missing = new Missing(clock);
  const refused = (caller: string) => [1, 2, 3, 4].map(() => missing.again(caller)).at(-1);
  expect(refused("first")).toBe(true);
  expect(refused("second")).toBe(true);
  for (let nth = 2; nth < 10_000; nth++) missing.again(`caller ${nth}`);
  expect([missing.again("first"), missing.again("second")]).toEqual([true, true]);
  missing.again("one more");
  expect([missing.again("second"), missing.again("first")]).toEqual([true, false]);
  pass(60_000);
  expect([missing.again("first"), missing.again("second")]).toEqual([false, false]);
});
