// The only part of Parley that runs on Node: it brings the pinned Bun and hands over. Builtins only, so it works in a
// bare clone, and it loads its parts late, so that an old Node can still be told in one sentence that it is too old.
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;

/** Runs `start`, `test`, `build` or `parley …` and ends this process with the exit code of what it ran. */
export function launch(task, args, version = process.versions.node) {
  if (Number.parseInt(version, 10) < OLDEST_NODE) {
    process.stderr.write(`parley: Node ${OLDEST_NODE} or newer is needed; this is Node ${version}.\n`);
    process.exitCode = 1;
    return;
  }
  import("./launch/tasks.mjs").then((tasks) => tasks.perform(task, args)).then(setExitCode, explain);
}

function setExitCode(code) {
  process.exitCode = code;
}

function explain(error) {
  process.stderr.write(`parley: ${sentenceOf(error)}\n`);
  process.exitCode = 1;
}

function sentenceOf(error) {
  if (error.name === "Refusal") return error.message;
  if (error.code && error.path) return `${error.path} cannot be used (${error.code}); please make this clone yours.`;
  return error.stack;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  launch(process.argv[2], process.argv.slice(3));
}
