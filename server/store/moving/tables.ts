/** What a column holds. `flag` is 0 or 1 in SQLite and in a row, and a boolean in Postgres. */
type Type = "number" | "text" | "flag";

/** A table that both databases have. Columns that follow from others are no part of it. */
export interface Table {
  name: string;
  /** Its columns as they are called here and in SQLite, in the order of a row. */
  columns: readonly { name: string; type: Type }[];
  /** The columns whose values name a row, in the order in which rows are read. */
  key: readonly string[];
}

export type Value = number | string | null;

/** A row as both databases tell it. */
export type Row = readonly Value[];

const columnsIn = (text: string): Table["columns"] =>
  text.split(" ").map((word) => {
    const [name = "", type = "number"] = word.split(":");
    return { name, type: type as Type };
  });

const table = (name: string, key: string, columns: string): Table => ({
  name,
  key: key.split(" "),
  columns: columnsIn(columns),
});

/** All that is moved, besides facts about the whole database; what is referred to comes first. */
export const TABLES: readonly Table[] = [
  table(
    "conversations",
    "id",
    "id kind:text name:text folded:text topic:text visibility:text owner head head_check created members messages moved closed:flag",
  ),
  table("users", "id", "id name:text handle:text findable:text kind:text role:text inbox open:flag password:text"),
  table("directs", "low high", "low high conversation"),
  table("entries", "id", "id conversation seq author time digest kind live:flag key:text body:text"),
  table("edits", "conversation target seq", "conversation target seq"),
  table("mentions", "conversation user seq", "conversation user seq"),
  table("members", "conversation user", "conversation user role:text joined delivered read"),
  table("spans", "conversation user began", "conversation user began ended"),
  table("moves", "conversation user kind seq", "conversation user kind seq past time"),
  table("blocks", "user blocked", "user blocked"),
  table("holdings", "look", "look:text user by_handle:flag"),
  table("tokens", "hash", "hash:text user used"),
];

/** Tables that give ids, and keep the largest that they ever gave. */
export const NUMBERED = ["conversations", "users", "entries"] as const;

export type Numbered = (typeof NUMBERED)[number];
