import type { Compared, Moved } from "@parley/server/move";

/** The figures for machines, in one line. */
export function jsonLine({ tables, rehearsed }: Moved): string {
  const told = (tables ?? []).map(({ table, source, target }) => ({ table, source, target }));
  return JSON.stringify({ moved: !rehearsed, rows: rowsOf(tables ?? []), tables: told });
}

/** What was done, and what is to do next, for people. */
export function reportOf({ tables, rehearsed }: Moved, next: string): string {
  if (!tables) return `An interrupted move was brought to its end. ${next}`;
  const last = rehearsed ? "This was a rehearsal: both sides are as they were." : `Everything moved. ${next}`;
  return [...tableOf(tables), "", `Counts and hashes are the same on both sides. ${last}`].join("\n");
}

function tableOf(tables: readonly Compared[]): string[] {
  const lines = tables.map(({ table, source, target }) => [table, source, target] as const);
  return [
    `  ${"table".padEnd(14)}${"rows".padStart(12)}   ${"hash here".padEnd(16)}   hash there`,
    ...lines.map(
      ([table, source, target]) =>
        `  ${table.padEnd(14)}${source.rows.toLocaleString("en").padStart(12)}   ` +
        `${source.hash.slice(0, 16)}   ${target.hash.slice(0, 16)}`,
    ),
  ];
}

function rowsOf(tables: readonly Compared[]): number {
  return tables.reduce((sum, { source }) => sum + source.rows, 0);
}
