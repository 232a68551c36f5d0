import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { Digesting, differing, isOf, whole } from "./ranges.ts";
import { type Row, TABLES, type Table } from "./tables.ts";

const tableOf = (name: string) => TABLES.find((table) => table.name === name) as Table;

function digestsOf(table: Table, rows: readonly Row[]) {
  const digesting = new Digesting(table);
  digesting.take(rows);
  return digesting.end();
}

/** Rows of a table that has only its key, in that order. */
function ordered(values: readonly (number | string)[]): Row[] {
  return values.map((value) => [value]);
}

test("[MOVE8] the rows of a range are found again by its condition, whatever their keys begin with", () => {
  const looks = ["", "'", '"quoted"', "%", "Zoë", "\\", "a", "ab", "é", "中文", "👋🏽 hi", "👋 ho"];
  const ids = [-2_147_483_648, -8_193, -8_192, -1, 0, 1, 8_191, 8_192, 1_000_000, 1_008_191];
  for (const [name, column, values] of [
    ["holdings", "look", looks],
    ["users", "id", ids],
    ["directs", "low", ids],
  ] as const) {
    const table = tableOf(name);
    const db = new Database(":memory:");
    db.run(`CREATE TABLE ${name} (${column})`);
    for (const value of values) db.query(`INSERT INTO ${name} VALUES (?)`).run(value);
    const all = db.query(`SELECT ${column} FROM ${name} ORDER BY ${column}`).values() as Row[];
    const digests = digestsOf(table, all);
    expect([...digests.values()].reduce((sum, { rows }) => sum + rows, 0)).toBe(values.length);
    for (const [range, digest] of digests) {
      const rows = db.query(`SELECT ${column} FROM ${name} WHERE ${isOf(table, range)} ORDER BY ${column}`).values();
      expect(digestsOf(table, rows as Row[]).get(range)).toEqual(digest);
    }
  }
});

test("[MOVE8] a row that changed, came or went makes its range differ, and no other", () => {
  const table = tableOf("directs");
  const before = digestsOf(table, ordered([1, 2, 100, 200]));
  const after = digestsOf(table, ordered([1, 2, 101, 300]));
  expect(differing(before, after).sort()).toEqual([1, 3, 4]);
  expect(whole(before).rows).toBe(4);
  expect(whole(before).hash).not.toBe(whole(after).hash);
  expect(whole(new Map([...before].reverse()))).toEqual(whole(before));
});
