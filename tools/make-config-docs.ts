/**
 * Writes docs/configuration.md and .env.example from the table of variables in server/config/variables.ts.
 *
 *   npx bun tools/make-config-docs.ts
 */
import { writeFileSync } from "node:fs";
import { VARIABLES, type Variable } from "../server/config/variables.ts";

export const CONFIGURATION_PAGE = new URL("../docs/configuration.md", import.meta.url);
export const ENV_EXAMPLE = new URL("../.env.example", import.meta.url);

const HEAD = `# Configuration

Parley is configured by environment variables and needs none. An empty variable counts as absent. A value that is not
allowed, and a \`PARLEY_\` variable that does not exist, stop the start with one sentence that says what is wrong.

\`npm start\`, \`parley serve\` and \`parley health\` also read a file \`.env\` beside \`package.json\`, lines of
\`NAME=value\`; begin with \`cp .env.example .env\`. What the environment says goes before what the file says, also when it says nothing (\`PORT=\`).
Nothing in a value is replaced; quotes around one are taken off, and a value with \`#\` or spaces at its ends needs them. A
container and a systemd unit read such a file by means of their own: [hosting.md](hosting.md).

This page is made from the table in \`server/config/variables.ts\` by \`npx bun tools/make-config-docs.ts\`.

| variable | default | what it is | allowed |
|---|---|---|---|
`;

const EXAMPLE_HEAD = `# Settings of a Parley: copy this file to .env and take away the # in front of what you set.
# Made by tools/make-config-docs.ts from the same table as docs/configuration.md.

`;

/** What the page must say. */
export function configurationPage(): string {
  return `${HEAD}${Object.entries(VARIABLES).map(row).join("\n")}\n`;
}

/** What the example of a settings file must say: every variable, and nothing set. */
export function envExample(): string {
  return `${EXAMPLE_HEAD}${Object.entries(VARIABLES).map(lines).join("\n")}`;
}

function lines([name, { shown, about, allowed }]: [string, Variable<unknown>]): string {
  return `# ${about} Allowed: ${allowed}. Default: ${shown}.\n#${name}=\n`.replaceAll("`", "");
}

function row([name, { shown, about, allowed }]: [string, Variable<unknown>]): string {
  return `| \`${name}\` | ${shown} | ${about} | ${allowed} |`;
}

if (import.meta.main) {
  writeFileSync(CONFIGURATION_PAGE, configurationPage());
  writeFileSync(ENV_EXAMPLE, envExample());
}
