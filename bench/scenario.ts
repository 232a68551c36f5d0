import type { Subject } from "./subject.ts";

/** One figure of one subject. */
export interface Row {
  readonly scenario: string;
  readonly subject: string;
  /** What was measured, "deliveries per CPU-second" for instance. */
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** What the reader should know of this one: that the generator was the limit, for instance. */
  readonly remark?: string;
}

/** What a scenario found: figures, and ratios by name, each of figures from this run alone. */
export interface Found {
  readonly rows: readonly Row[];
  readonly ratios: Readonly<Record<string, number>>;
}

/** What every scenario is given. */
export interface Bench {
  /** Those that can be measured here, by this scenario or another of this run. */
  readonly subjects: readonly Subject[];
  /** Shorter and smaller: to see that it works. */
  readonly quick: boolean;
  /** Rounds of which the median is taken; subjects alternate within each. */
  readonly rounds: number;
  /** Cores of the server and of the load generator. */
  readonly cores: { readonly server: number; readonly load: number };
  /** A folder for what is needed meanwhile. */
  readonly folder: string;
  /** Tells a person how far it has come. */
  say(line: string): void;
  /** Does one part of a scenario; null where that fails, which is told, and ends the whole run as failed. */
  attempt<T>(what: string, part: () => Promise<T>): Promise<T | null>;
}

/** A part of the benchmark that can be asked for by its name. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** Does it measure this one? Absent where it measures Parley alone, which it starts by itself. */
  measures?(subject: Subject): boolean;
  run(bench: Bench): Promise<Found>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The value below which this part of them lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
