import type { Row } from "../scenario.ts";
import { GOALS, isMet, type Ratios } from "./goals.ts";

/** The goals, the figures of each scenario and all ratios, as tables in Markdown. */
export function tableOf(rows: readonly Row[], ratios: Ratios): string {
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  return [goalsTable(ratios), ...scenarios.map((name) => figuresTable(name, rows)), ratiosTable(ratios)]
    .filter((table) => table !== "")
    .join("\n\n");
}

function goalsTable(ratios: Ratios): string {
  const lines = GOALS.flatMap((goal) => {
    const value = ratios[goal.ratio];
    if (value === undefined) return [];
    const wanted = goal.least === undefined ? `≤ ${goal.most}` : `≥ ${goal.least}`;
    return [`| ${goal.about} | ${wanted} | ${value.toPrecision(3)} | ${isMet(goal, ratios) ? "yes" : "**no**"} |`];
  });
  return lines.length === 0
    ? ""
    : ["### Goals\n", "| | goal | measured | met |", "|---|---:|---:|---|", ...lines].join("\n");
}

function figuresTable(name: string, rows: readonly Row[]): string {
  const lines = rows
    .filter(({ scenario }) => scenario === name)
    .map(({ subject, figure, value, unit, remark }) => {
      return `| ${subject} | ${figure} | ${shown(value)} ${unit} | ${remark ?? ""} |`;
    });
  return [`### ${name}\n`, "| subject | figure | value | |", "|---|---|---:|---|", ...lines].join("\n");
}

function ratiosTable(ratios: Ratios): string {
  const lines = Object.entries(ratios).map(([name, value]) => `| ${name} | ${value.toPrecision(3)} |`);
  return lines.length === 0 ? "" : ["### Ratios\n", "| ratio | |", "|---|---:|", ...lines].join("\n");
}

/** Three digits that say something, thousands apart. */
export function shown(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
}
