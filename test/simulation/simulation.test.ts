import { expect, test } from "bun:test";
import { planOf } from "./plan.ts";
import { Random } from "./random.ts";
import { play } from "./run.ts";
import { shrink } from "./shrink.ts";

const SEEDS = 300;

test("[SIM1] in 300 worlds of clients, nodes and mishaps nothing is lost, doubled, misordered or miscounted", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { wrongs } = play(planOf(BigInt(seed)));
    expect({ seed, wrongs }).toEqual({ seed, wrongs: [] });
  }
});

test("[SIM1] the same holds with the SQLite store under every world", () => {
  for (let seed = 1001; seed <= 1030; seed++) {
    const { wrongs } = play(planOf(BigInt(seed), { store: "sqlite" }));
    expect({ seed, wrongs }).toEqual({ seed, wrongs: [] });
  }
});

test("[SIM2] one seed is one history, to the last byte that arrives anywhere", () => {
  for (const seed of [3n, 8n, 21n, 2n ** 63n]) {
    const [first, again] = [play(planOf(seed)), play(planOf(seed))];
    expect(again).toEqual(first);
    expect(play(planOf(seed + 1n)).trace).not.toBe(first.trace);
  }
});

test("[SIM2] chance uses all 64 bits of a seed, and streams do not disturb each other", () => {
  const drawn = (seed: bigint) => Array.from({ length: 4 }, () => new Random(seed).next());
  expect(drawn(1n)).not.toEqual(drawn(1n + 2n ** 40n));
  const [quiet, busy] = [new Random(7n), new Random(7n)];
  const fork = busy.fork("other");
  for (let i = 0; i < 100; i++) fork.next();
  expect(busy.next()).toBe(quiet.next());
  const mean = Array.from({ length: 10_000 }, () => quiet.next()).reduce((sum, x) => sum + x, 0) / 10_000;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
});

test("[SIM4] a history that breaks something is told by the few steps that are needed for it", () => {
  const disk = (broken: { syncsLate: number }) => {
    broken.syncsLate = 5_000;
  };
  const late = { disk };
  const plan = planOf(1n);
  const shortest = shrink(plan, () => late);
  expect(play(plan, late).wrongs.length).toBeGreaterThan(0);
  expect(play(shortest, late).wrongs.length).toBeGreaterThan(0);
  expect(shortest.script.length).toBeLessThan(plan.script.length / 4);
});
