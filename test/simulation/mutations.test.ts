import { expect, test } from "bun:test";
import { MUTATIONS } from "./mutations.ts";
import { planOf } from "./plan.ts";
import { play } from "./run.ts";

const MOST = 200;

/** The first seed that notices, and what it says. */
function caught(name: string): { seed: number; says: string } | null {
  for (let seed = 1; seed <= MOST; seed++) {
    const mutation = (MUTATIONS[name] as (typeof MUTATIONS)[string])();
    const [says] = play(planOf(BigInt(seed)), mutation.sabotage).wrongs;
    mutation.undo();
    // It must be the mutation that is noticed.
    if (says !== undefined && play(planOf(BigInt(seed))).wrongs.length === 0) return { seed, says };
  }
  return null;
}

test("[SIM3] each promise that is broken on purpose is noticed within 200 seeds", () => {
  for (const name of Object.keys(MUTATIONS)) {
    const found = caught(name);
    if (found) console.log(`${name}: seed ${found.seed}: ${found.says.slice(0, 160)}`);
    expect({ name, caught: found !== null }).toEqual({ name, caught: true });
  }
});
