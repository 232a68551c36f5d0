import type { Plan, Step } from "./plan.ts";
import { play } from "./run.ts";
import type { Sabotage } from "./world.ts";

const TRIES = 400;

/** The shortest script found that still breaks something: steps are left out, many at once and then one by one. */
export function shrink(plan: Plan, sabotage: () => Sabotage = () => ({})): Plan {
  let script = plan.script;
  let tries = 0;
  const breaks = (steps: Step[]) => tries++ < TRIES && play({ ...plan, script: steps }, sabotage()).wrongs.length > 0;
  for (let size = Math.ceil(script.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = script.length - size; at > -size; at -= size) {
      const from = Math.max(0, at);
      const shorter = [...script.slice(0, from), ...script.slice(at + size)];
      if (breaks(shorter)) script = shorter;
    }
  }
  return { ...plan, script };
}

/** A script as lines that can be read. */
export function history({ script }: Plan): string[] {
  return script.map(({ wait, is, who, what, how }) => {
    return `+${(wait / 1000).toFixed(3)} s  ${is.padEnd(10)} who ${who}, what ${what}, how ${how}`;
  });
}
