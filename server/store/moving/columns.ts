import { codeOf } from "../kinds.ts";
import { looksOf } from "../naming.ts";
import { isOf, type Range } from "./ranges.ts";
import type { Row, Table, Value } from "./tables.ts";

type Column = Table["columns"][number];

/** Columns that Postgres has besides, and what they follow from. */
const DERIVED: Record<string, Record<string, (value: (name: string) => Value) => string | null>> = {
  entries: {
    about: (value) =>
      value("kind") === codeOf("added") ? String(JSON.parse(String(value("body"))).conversation) : null,
  },
  users: {
    looks: (value) => {
      const { shown, handle } = looksOf({ name: String(value("name")), handle: String(value("handle")) });
      return `{${[shown, handle].map(quoted).join(",")}}`;
    },
  },
};

/** The columns of a table as Postgres calls them, those that follow from others last. */
export function namesIn({ name, columns }: Table): string {
  return [...columns.map(called), ...Object.keys(DERIVED[name] ?? {})].join(", ");
}

/** Asks Postgres for all rows, or those of a range, in the order of their key, as SQLite would tell them. */
export function selected(table: Table, range?: Range): string {
  const { name, columns, key } = table;
  const where = range === undefined ? "" : `WHERE ${isIn(table, range)}`;
  const shown = columns.map((column) => {
    const value = column.type === "flag" ? `${called(column)}::int` : called(column);
    return `${value} AS "${column.name}"`;
  });
  const order = columns
    .filter((column) => key.includes(column.name))
    .map((column) => (column.type === "text" ? `${called(column)} COLLATE "C"` : called(column)));
  return `SELECT ${shown.join(", ")} FROM ${name} ${where} ORDER BY ${order.join(", ")}`;
}

/** The condition on which a row is of this range, for Postgres. */
export function isIn(table: Table, range: Range): string {
  return isOf(table, range, called({ name: table.key[0] ?? "" }));
}

/** Rows in the text format of COPY. */
export function copied({ name, columns }: Table, rows: readonly Row[]): string {
  const derived = Object.values(DERIVED[name] ?? {});
  const at = new Map(columns.map((column, index) => [column.name, index]));
  return rows
    .map((row) => {
      const value = (column: string): Value => row[at.get(column) as number] as Value;
      const fields = [...row, ...derived.map((follow) => follow(value))];
      return `${fields.map(escaped).join("\t")}\n`;
    })
    .join("");
}

function called({ name }: Pick<Column, "name">): string {
  return name === "user" ? "person" : name;
}

const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escaped(value: Value): string {
  if (value === null) return "\\N";
  return typeof value === "number" ? String(value) : value.replace(/[\\\t\n\r]/g, (one) => ESCAPES[one] as string);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
