import type { Row } from "../scenario.ts";

/** The figures of each scenario as a table in Markdown, and the ratios below. */
export function tableOf(rows: readonly Row[], ratios: Readonly<Record<string, number>>): string {
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const lines = scenarios.flatMap((scenario) => [
    `\n### ${scenario}\n`,
    "| subject | figure | value | |",
    "|---|---|---:|---|",
    ...rows
      .filter((row) => row.scenario === scenario)
      .map(({ subject, figure, value, unit, remark }) => {
        return `| ${subject} | ${figure} | ${shown(value)} ${unit} | ${remark ?? ""} |`;
      }),
  ]);
  const named = Object.entries(ratios).map(([name, value]) => `| ${name} | ${value.toPrecision(3)} |`);
  return [...lines, "\n### ratios\n", "| ratio | |", "|---|---:|", ...named].join("\n");
}

/** Three digits that say something, thousands apart. */
function shown(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
}
