/**
 * Writes docs/configuration.md from the table of variables in server/config.ts.
 *
 *   npx bun tools/make-config-docs.ts
 */
import { writeFileSync } from "node:fs";
import { VARIABLES, type Variable } from "../server/config.ts";

export const CONFIGURATION_PAGE = new URL("../docs/configuration.md", import.meta.url);

const HEAD = `# Configuration

Parley is configured by environment variables and needs none. An empty variable counts as absent. A value that is not
allowed, and a \`PARLEY_\` variable that does not exist, stop the start with one sentence that says what is wrong.

This page is made from the table in \`server/config.ts\` by \`npx bun tools/make-config-docs.ts\`.

| variable | default | what it is | allowed |
|---|---|---|---|
`;

/** What the page must say. */
export function configurationPage(): string {
  return `${HEAD}${Object.entries(VARIABLES).map(row).join("\n")}\n`;
}

function row([name, { shown, about, allowed }]: [string, Variable<unknown>]): string {
  return `| \`${name}\` | ${shown} | ${about} | ${allowed} |`;
}

if (import.meta.main) writeFileSync(CONFIGURATION_PAGE, configurationPage());
