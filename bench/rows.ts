/** One figure of a scenario. */
export interface Row {
  name: string;
  value: number;
  unit: string;
}

/** What a scenario found: figures of this machine, and ratios that hold on others. */
export interface Findings {
  rows: Row[];
  ratios: Record<string, number>;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this part of them lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** Prints what a scenario that is run alone found. */
export function print({ rows, ratios }: Findings): void {
  for (const { name, value, unit } of rows) console.log(`| ${name} | ${value.toFixed(1)} ${unit} |`);
  console.log(JSON.stringify({ ratios }));
}
