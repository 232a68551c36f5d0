/**
 * The benchmark: Parley beside the floor and beside its peers, everything in one run on one machine.
 *
 *     npm run bench -- [--json] [--quick] [--only NAME[,NAME…]] [--rounds N]
 *
 * `--only` takes names of scenarios and of subjects.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../test/kit/process.ts";
import { tableOf } from "./report/table.ts";
import type { Bench, Found, Scenario } from "./scenario.ts";
import { arrivals } from "./scenarios/arrivals.ts";
import { fanOut } from "./scenarios/fan-out.ts";
import { growth } from "./scenarios/growth.ts";
import { history } from "./scenarios/history.ts";
import { idle } from "./scenarios/idle.ts";
import { latency } from "./scenarios/latency.ts";
import { start } from "./scenarios/start.ts";
import type { Subject } from "./subject.ts";
import { SUBJECTS } from "./subjects/all.ts";

const SCENARIOS: readonly Scenario[] = [fanOut, latency, arrivals, idle, history, start, growth];

const { values: flags } = parseArgs({
  args: process.argv.slice(2),
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    rounds: { type: "string" },
  },
});

const say = (line: string) => console.error(`bench: ${line}`);
const asked = new Set(flags.only.split(",").filter(Boolean));

/** Those that were asked for; all where none of this kind was. */
function wanted<T extends { name: string }>(all: readonly T[]): T[] {
  const some = all.filter(({ name }) => asked.has(name));
  return some.length > 0 ? some : [...all];
}

async function possible(subjects: readonly Subject[]): Promise<Subject[]> {
  const found: Subject[] = [];
  for (const subject of subjects) {
    const missing = await subject.missing();
    if (missing === null) found.push(subject);
    else say(`${subject.name} is left out: ${missing}`);
  }
  return found;
}

async function main(): Promise<void> {
  for (const name of asked) {
    if (![...SCENARIOS, ...SUBJECTS].some((one) => one.name === name)) throw new Error(`There is no ${name}.`);
  }
  if (cpus().length < 2) throw new Error("The server and the load generator need a core each.");
  const folder = temporaryFolder();
  const bench: Bench = {
    subjects: await possible(wanted(SUBJECTS)),
    quick: flags.quick,
    rounds: Number(flags.rounds ?? (flags.quick ? 1 : 3)),
    cores: { server: 0, load: 1 },
    folder: folder.path,
    say,
  };
  const found: Found[] = [];
  for (const scenario of wanted(SCENARIOS)) {
    say(`${scenario.name}: ${scenario.about}`);
    found.push(await scenario.run(bench));
  }
  folder.remove();
  const rows = found.flatMap((one) => one.rows);
  const ratios = Object.assign({}, ...found.map((one) => one.ratios));
  console.log(tableOf(rows, ratios));
  if (flags.json) console.log(JSON.stringify({ ratios }));
}

await main();
