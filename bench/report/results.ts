import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Row } from "../scenario.ts";
import { GOALS, isMet, type Ratios } from "./goals.ts";
import { plotOf } from "./plot.ts";
import { tableOf } from "./table.ts";

/** What a run found. */
export interface Results {
  readonly rows: readonly Row[];
  readonly ratios: Ratios;
  /** Each subject that was measured, and what the reader should know of it. */
  readonly subjects: readonly { readonly name: string; readonly about: string }[];
  readonly rounds: number;
  /** What was left out or did not work, and why. */
  readonly missing: readonly string[];
}

/** Writes them for programs, for people and as a picture. */
export function writeResults(folder: string, results: Results): void {
  mkdirSync(folder, { recursive: true });
  const goals = GOALS.map((goal) => ({
    ...goal,
    measured: results.ratios[goal.ratio] ?? null,
    met: isMet(goal, results.ratios),
  }));
  const facts = { machine: machine(), time: new Date().toISOString(), ...results, goals };
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(facts, null, 2)}\n`);
  writeFileSync(join(folder, "results.md"), `${page(results)}\n`);
  const plot = plotOf(results.rows);
  if (plot !== null) writeFileSync(join(folder, "results.svg"), plot);
}

function page({ rows, ratios, subjects, rounds, missing }: Results): string {
  return [
    "# Results of `npm run bench`",
    `${machine()}. ${rounds === 1 ? "One round" : `Medians of ${rounds} rounds`} in one run; figures of two runs or two machines say nothing about each other, ratios do.`,
    "![Deliveries per second of server CPU](results.svg)",
    ["| subject | |", "|---|---|", ...subjects.map(({ name, about }) => `| ${name} | ${about} |`)].join("\n"),
    ...(missing.length > 0 ? [["Not measured:\n", ...missing.map((line) => `- ${line}`)].join("\n")] : []),
    tableOf(rows, ratios),
  ].join("\n\n");
}

function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${first?.model.trim() ?? "unknown"}), ${memory} GB, ${process.platform}`;
}
