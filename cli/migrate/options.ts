import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { VARIABLES } from "@parley/server/config/variables";
import type { Home } from "@parley/server/move";

export interface Options {
  from: Home;
  to: Home;
  dryRun: boolean;
  live: boolean;
  json: boolean;
}

/** Something wrong with what was typed; its message is the one sentence to show. */
export class UsageError extends Error {
  override name = "UsageError";
}

export const USAGE = `parley migrate: moves everything from a data folder to a Postgres, or back.

  --from sqlite:<folder> | postgres://…   where everything is now
  --to postgres://… | sqlite:<folder>     where it goes: a schema that is not there, or a folder without a parley.db
  --schema parley                         the schema in Postgres; default PARLEY_DB_SCHEMA
  --live                                  copy while the server runs; then it says when to stop it, and what changed
                                          meanwhile follows. Without it the server is stopped first
  --dry-run                               copy and compare, then leave both sides as they were; the server may run
  --json                                  the figures as one line of JSON, the last of the standard output

SECRET_KEY is the server's; without it the key in the data folder is taken. PGPASSWORD may hold the password.
Exit code 0: moved, or the same on both sides; 1: nothing was moved; 2: wrong usage.`;

/** Pure: what was asked for; null where it was help. Throws UsageError. */
export function optionsFrom(args: readonly string[], defaultSchema: string): Options | null {
  const values = valuesIn(args);
  if (values.help) return null;
  const schema = VARIABLES.PARLEY_DB_SCHEMA.read(values.schema ?? defaultSchema);
  if (schema === undefined)
    throw new UsageError(`--schema is ${VARIABLES.PARLEY_DB_SCHEMA.allowed.replaceAll("`", "")}.`);
  const from = homeIn("--from", values.from, schema);
  const to = homeIn("--to", values.to, schema);
  if ("folder" in from === "folder" in to)
    throw new UsageError("One of --from and --to is sqlite:, the other postgres://.");
  return { from, to, dryRun: values["dry-run"], live: values.live, json: values.json };
}

function valuesIn(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = { from: text, to: text, schema: text, "dry-run": flag, live: flag, json: flag, help: flag };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Hazard: an address is never repeated, since it may hold a password. */
function homeIn(name: string, text: string | undefined, schema: string): Home {
  const folder = /^sqlite:(.+)$/.exec(text ?? "")?.[1];
  if (folder !== undefined) return { folder: resolve(folder) };
  const url = VARIABLES.DATABASE_URL.read(text ?? "");
  if (url === undefined || url === "sqlite") {
    throw new UsageError(`${name} is needed as sqlite:<folder> or postgres://user:password@host:port/database.`);
  }
  return { url, schema };
}
