/** Checks that every line of docs/coverage.md lives where it says, and is proven by rules that there are. */
import { existsSync, readFileSync } from "node:fs";
import { DIALECTS } from "../protocol/dialects.ts";
import { checkCoverage } from "./coverage/check.ts";
import { ROOT } from "./source/tree.ts";
import { rulesOf } from "./spec/check.ts";

const read = (path: string) => readFileSync(`${ROOT}/${path}`, "utf8");
const { complaints, lines, open } = checkCoverage(read("docs/coverage.md"), DIALECTS, {
  rules: new Set(rulesOf(read("SPEC.md"))),
  exists: (path) => existsSync(`${ROOT}/${path}`),
});
for (const sentence of complaints) console.error(sentence);
console.log(`${open > 0 ? "open: " : ""}${open} of ${lines} lines of docs/coverage.md have no proof yet.`);
process.exitCode = complaints.length > 0 ? 1 : 0;
