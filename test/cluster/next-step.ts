import { cursorCheck } from "@parley/protocol/cursor";

/**
 * What the schema of a next version has more: something of all that a step may do. It takes the tables in another order
 * than commits do, so that one is in the other's way.
 */
export const NEXT_STEP = `
  ALTER TABLE users ADD COLUMN seen bigint;
  ALTER TABLE conversations ADD COLUMN pinned bigint NOT NULL DEFAULT 0;
  CREATE TABLE reactions (entry bigint NOT NULL, person bigint NOT NULL, PRIMARY KEY (entry, person));
  CREATE INDEX reacting ON reactions (person);
  CREATE FUNCTION react_1(entry bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT entry; $$;
`;

/** Writes an entry of a kind that only that version knows behind the last one of a conversation. */
export const nextEntry = (conversation: number, author: number) => `
  WITH next AS (
    UPDATE parley.conversations SET head = head + 1, head_check = ${cursorCheck(author, "next")}
    WHERE id = ${conversation} RETURNING head
  )
  INSERT INTO parley.entries (conversation, seq, author, time, kind, live, key, body)
  SELECT ${conversation}, head, ${author}, ${Date.now()}, 99, false, 'next', '{"on":1,"with":"+1"}' FROM next`;

/** What is in it that the version before could not work beside: its tables and functions must be there as they were. */
export function harmsOf(step: string): string[] {
  const bare = step.replaceAll(/\$\$.*?\$\$/gs, "''").replaceAll(/\s+/g, " ");
  const statements = bare.split(";").map((statement) => statement.trim());
  const fresh = new Set(statements.flatMap((one) => /^CREATE TABLE (\w+)/.exec(one)?.[1] ?? []));
  return statements.filter((statement) => statement !== "" && !isAddition(statement, fresh));
}

/** An index over a table that may be large keeps everybody from writing there while it is made. */
function isAddition(statement: string, fresh: ReadonlySet<string>): boolean {
  if (/^CREATE TABLE \w+ \(/.test(statement)) return true;
  const [, indexed] = /^CREATE (?:UNIQUE )?INDEX \w+ ON (\w+)/.exec(statement) ?? [];
  if (indexed !== undefined) return fresh.has(indexed);
  if (/^CREATE FUNCTION \w+_\d+\(/.test(statement)) return true;
  const [, column] = /^ALTER TABLE \w+ ADD COLUMN (.+)$/.exec(statement) ?? [];
  if (column === undefined || /,|\b(UNIQUE|REFERENCES|CHECK|PRIMARY|GENERATED)\b/.test(column)) return false;
  return !/NOT NULL/.test(column) || /\bDEFAULT ('[^']*'|\d+|true|false)(?: |$)/.test(column);
}
