import { readFileSync } from "node:fs";
import { ROOT, readTree } from "./source/tree.ts";
import { checkSpec } from "./spec/check.ts";

const complaints = checkSpec(readFileSync(`${ROOT}/SPEC.md`, "utf8"), readTree(ROOT));
for (const sentence of complaints) console.error(sentence);
process.exitCode = complaints.length > 0 ? 1 : 0;
