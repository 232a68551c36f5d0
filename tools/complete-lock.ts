// After a change of packages: `npm install && bun tools/complete-lock.ts`. npm leaves builds for other platforms out of
// the lock file when the mirror it asked does not have them; `npm ci` then refuses that lock file everywhere.
import { readFileSync, writeFileSync } from "node:fs";
import { type Lock, missingBuilds } from "./lock/builds.ts";
import { ROOT } from "./source/tree.ts";

const path = `${ROOT}/package-lock.json`;
const lock = JSON.parse(readFileSync(path, "utf8")) as Lock;
const missing = missingBuilds(lock);
const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
console.log(`${Object.keys(missing).length} builds for other platforms added.`);
