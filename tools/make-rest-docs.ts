/**
 * Writes the tables in docs/rest.md from the table of operations and the list of errors.
 *
 *   npx bun tools/make-rest-docs.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { ERRORS } from "../protocol/errors.ts";
import type { Operation } from "../protocol/operation.ts";
import { ELSEWHERE, operations } from "../protocol/operations.ts";
import { put } from "./places.ts";

export const REST_PAGE = new URL("../docs/rest.md", import.meta.url);

/** Codes that only a socket answers with. */
const OF_SOCKETS = ["bad_frame", "unknown_command", "binary_frame", "unsupported_version", "hello_expected"];

/** The page with its tables as they must be. */
export function withTables(page: string): string {
  return put("commands", commandTable(), put("refusals", refusals(), put("operations", operationTable(), page)));
}

function operationTable(): string {
  const rows = Object.values<Operation>(operations).map((operation) => {
    const { method, path, about, open, keyed, status = 200 } = operation;
    const needs = open ? "open" : keyed ? "token, key" : "token";
    return `| \`${method} ${path}\` | ${about} | ${given(operation)} | ${needs} | ${status} |`;
  });
  return ["| request | what it does | query or body | needs | answer |", "|---|---|---|---|---|", ...rows, ""].join(
    "\n",
  );
}

/** Only where the name differs: all others are called alike. */
function commandTable(): string {
  const rows = Object.entries(ELSEWHERE).map(([command, where]) => {
    if (typeof where !== "string") return `| \`${command}\` | ${where.because} |`;
    const { method, path }: Operation = operations[where];
    return `| \`${command}\` | \`${method} ${path}\` |`;
  });
  return ["| command of the socket | over HTTP |", "|---|---|", ...rows, ""].join("\n");
}

function given({ query, body }: Operation): string {
  const fields = Object.entries({ ...query?.shape, ...body?.shape }).filter(([name]) => name !== "key");
  const names = fields.map(([name, schema]) => `\`${name}\`${isOptional(schema) ? "?" : ""}`);
  return names.join(", ") || "–";
}

function isOptional(schema: unknown): boolean {
  return (schema as { safeParse(value: unknown): { success: boolean } }).safeParse(undefined).success;
}

function refusals(): string {
  const rows = Object.entries(ERRORS)
    .filter(([code]) => !OF_SOCKETS.includes(code))
    .map(([code, { status, title, retry }]) => `| \`${code}\` | ${status} | ${title} | ${retry ? "later" : "no"} |`);
  return ["| code | status | what it means | try again |", "|---|---|---|---|", ...rows, ""].join("\n");
}

if (import.meta.main) writeFileSync(REST_PAGE, withTables(readFileSync(REST_PAGE, "utf8")));
