/**
 * The benchmark: Parley beside the floor and beside its peers, everything in one run on one machine.
 *
 *     npm run bench -- [--json] [--quick] [--only NAME[,NAME…]] [--rounds N] [--out FOLDER]
 *
 * `--only` takes names of scenarios and of subjects. A whole run is kept in bench/results, any other only with `--out`.
 */
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../test/kit/process.ts";
import { writeResults } from "./report/results.ts";
import { tableOf } from "./report/table.ts";
import type { Bench, Scenario } from "./scenario.ts";
import { arrivals } from "./scenarios/arrivals.ts";
import { cluster } from "./scenarios/cluster.ts";
import { fanOut } from "./scenarios/fan-out.ts";
import { growth } from "./scenarios/growth.ts";
import { history } from "./scenarios/history.ts";
import { idle } from "./scenarios/idle.ts";
import { latency } from "./scenarios/latency.ts";
import { start } from "./scenarios/start.ts";
import type { Subject } from "./subject.ts";
import { SUBJECTS } from "./subjects/all.ts";

const SCENARIOS: readonly Scenario[] = [fanOut, latency, arrivals, idle, history, start, growth, cluster];

const { values: flags } = parseArgs({
  args: process.argv.slice(2),
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    rounds: { type: "string" },
    out: { type: "string" },
  },
});

const asked = new Set(flags.only.split(",").filter(Boolean));
/** What was left out or failed, and why. */
const missing: string[] = [];

const say = (line: string) => console.error(`bench: ${line}`);

async function main(): Promise<void> {
  for (const name of asked) {
    if (![...SCENARIOS, ...SUBJECTS].some((one) => one.name === name)) throw new Error(`There is no ${name}.`);
  }
  if (cpus().length < 2) throw new Error("The server and the load generator need a core each.");
  const folder = temporaryFolder();
  try {
    await measure(folder.path);
  } finally {
    folder.remove();
  }
}

async function measure(folder: string): Promise<void> {
  const scenarios = wanted(SCENARIOS);
  const measured = (subject: Subject) => scenarios.some((scenario) => scenario.measures?.(subject));
  const subjects = await possible(wanted(SUBJECTS).filter(measured));
  const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3));
  const cores = { server: 0, load: 1 };
  const bench: Bench = { subjects, quick: flags.quick, rounds, cores, folder, say, attempt };
  const found = [];
  for (const scenario of scenarios) {
    say(`${scenario.name}: ${scenario.about}`);
    const one = await attempt(scenario.name, () => scenario.run(bench));
    if (one) found.push(one);
  }
  const rows = found.flatMap((one) => one.rows);
  const ratios: Record<string, number> = Object.assign({}, ...found.map((one) => one.ratios));
  const out = flags.out ?? (flags.quick || asked.size > 0 ? null : join(import.meta.dir, "results"));
  const known = subjects.map(({ name, about }) => ({ name, about }));
  if (out !== null) writeResults(out, { rows, ratios, subjects: known, rounds, missing });
  console.log(tableOf(rows, ratios));
  if (flags.json) console.log(JSON.stringify({ ratios }));
}

/** Those that were asked for; all where none of this kind was. */
function wanted<T extends { name: string }>(all: readonly T[]): T[] {
  const some = all.filter(({ name }) => asked.has(name));
  return some.length > 0 ? some : [...all];
}

async function possible(subjects: readonly Subject[]): Promise<Subject[]> {
  const found: Subject[] = [];
  for (const subject of subjects) {
    const why = await subject.missing();
    if (why === null) found.push(subject);
    else missing.push(`${subject.name} is left out: ${why}`);
    if (why !== null) say(missing.at(-1) ?? "");
  }
  return found;
}

async function attempt<T>(what: string, part: () => Promise<T>): Promise<T | null> {
  try {
    return await part();
  } catch (error) {
    missing.push(`${what} failed: ${error instanceof Error ? error.message : error}`);
    say(missing.at(-1) ?? "");
    process.exitCode = 1;
    return null;
  }
}

await main();
