/**
 * Writes what each dialect says, hears and cannot do into docs/dialects.md, from its frames, operations and gaps.
 *
 *   npx bun tools/make-dialect-docs.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { DIALECTS, type DialectName } from "../protocol/dialects.ts";
import type { Operation } from "../protocol/operation.ts";
import type { Gap } from "../server/gateways/dialect.ts";
import { gaps as broadcast } from "../server/gateways/dialects/broadcast/gaps.ts";
import { gaps as direct } from "../server/gateways/dialects/direct/gaps.ts";
import { gaps as messenger } from "../server/gateways/dialects/messenger/gaps.ts";
import { gaps as plain } from "../server/gateways/dialects/plain/gaps.ts";
import { gaps as rooms } from "../server/gateways/dialects/rooms/gaps.ts";
import type { Frames, Wire } from "../server/gateways/documents/wire.ts";
import { TABLES, WIRES } from "../server/main.ts";
import { put } from "./places.ts";

export const DIALECTS_PAGE = new URL("../docs/dialects.md", import.meta.url);

const GAPS: Record<DialectName, readonly Gap[]> = { messenger, broadcast, rooms, direct, plain };

/** The page with everything that is made as it must be. */
export function withDialects(page: string): string {
  return DIALECTS.reduce((made, name) => put(name, sectionOf(name), made), page);
}

function sectionOf(name: DialectName): string {
  const wire = WIRES.find((one) => one.name === name) as Wire;
  const operations = TABLES.find((table) => table.name === name)?.operations;
  const parts = [
    frameTable("a client sends", wire.received),
    frameTable("a client hears", wire.sent),
    ...(operations ? [operationTable(Object.values(operations))] : []),
    `What its clients do without:\n\n${GAPS[name].map(({ what, why }) => `- ${what} *${why}*`).join("\n")}\n`,
  ];
  return `\n${parts.join("\n")}\n`;
}

function frameTable(whose: string, frames: Frames): string {
  const rows = Object.entries(frames).map(([name, { about, examples }]) => {
    return `| ${name} | ${cell(about)} | ${examples.slice(0, 1).map(shown).join("")} |`;
  });
  return [`| ${whose} | | for example |`, "|---|---|---|", ...rows, ""].join("\n");
}

function operationTable(operations: readonly Operation[]): string {
  const rows = operations.map(({ method, path, about, status = 200 }) => {
    return `| \`${method} ${path}\` | ${cell(about)} | ${status} |`;
  });
  return ["| over HTTP | | answer |", "|---|---|---|", ...rows, ""].join("\n");
}

function shown(example: unknown): string {
  return `\`${cell(typeof example === "string" ? example : JSON.stringify(example))}\``;
}

/** A bar would end its cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

if (import.meta.main) writeFileSync(DIALECTS_PAGE, withDialects(readFileSync(DIALECTS_PAGE, "utf8")));
