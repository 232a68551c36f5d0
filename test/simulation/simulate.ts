// `npm run simulate -- --seeds 10000`: plays that many worlds, and says which of them broke a promise, and how.
import { parseArgs } from "node:util";
import { type Plan, planOf } from "./plan.ts";
import { type Outcome, play } from "./run.ts";
import { history, shrink } from "./shrink.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    store: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const sum = { seeds: 0, violations: 0, failed: [] as string[], acknowledged: 0, delivered: 0, steps: 0 };
const unhandled: string[] = [];
process.on("unhandledRejection", (error) => void unhandled.push(`nobody handled ${(error as Error)?.stack ?? error}`));

const first = BigInt(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const began = performance.now();
for (let at = 0; at < count; at++) {
  await playOne(first + BigInt(at));
  if (process.stderr.isTTY || at % 500 === 499) progress(at + 1);
}
finish();

async function playOne(seed: bigint): Promise<void> {
  const { store } = values;
  const plan = planOf(seed, store === "memory" || store === "sqlite" ? { store } : {});
  const outcome = play(plan);
  // Rejections that nobody handled are told at the end of a turn.
  await new Promise((resolve) => setImmediate(resolve));
  outcome.wrongs.push(...unhandled.splice(0));
  sum.seeds += 1;
  sum.acknowledged += outcome.acknowledged;
  sum.delivered += outcome.delivered;
  sum.steps += outcome.steps;
  if (outcome.wrongs.length > 0) tell(plan, outcome);
  else if (values.seed !== undefined) say(`Seed ${seed} keeps every promise; its trace is ${outcome.trace}.`);
}

function tell(plan: Plan, outcome: Outcome): void {
  const { seed } = plan.setting;
  sum.violations += 1;
  sum.failed.push(String(seed));
  say(`\nSeed ${seed} broke a promise:`);
  for (const wrong of outcome.wrongs) say(`  ${wrong.slice(0, 400)}`);
  const shortest = shrink(plan);
  say(`The shortest history found that does so (${shortest.script.length} of ${plan.script.length} steps):`);
  for (const line of history(shortest)) say(`  ${line}`);
  for (const wrong of play(shortest).wrongs.slice(0, 2)) say(`  → ${wrong.slice(0, 400)}`);
  say(`Again: npm run simulate -- --seed ${seed}\n`);
}

/** Everything but the last line of `--json` is for people. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function progress(done: number): void {
  const rate = done / ((performance.now() - began) / 1000);
  const line = `${done} of ${count} seeds, ${sum.violations} broken, ${rate.toFixed(0)} a second`;
  process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`);
}

function finish(): void {
  const seconds = (performance.now() - began) / 1000;
  if (process.stderr.isTTY) process.stderr.write("\n");
  const { failed, ...counts } = sum;
  const figures = { ...counts, from: Number(first), failed, seconds: Number(seconds.toFixed(1)) };
  if (values.json) console.log(JSON.stringify(figures));
  else {
    const { seeds, violations, acknowledged, delivered } = sum;
    console.log(`${seeds} seeds in ${figures.seconds} s: ${violations} broken; ${acknowledged} messages acknowledged,`);
    console.log(`${delivered} batches delivered. The same seed is always the same history.`);
  }
  process.exitCode = sum.violations > 0 ? 1 : 0;
}
