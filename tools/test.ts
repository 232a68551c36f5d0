// Everything that must hold before a change is done, as one list of steps. `npm test -- --only unit` runs one step,
// `npm test -- cursor` only the test files whose path contains the word.
import { existsSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { runSteps, type Step } from "./runner.ts";
import { ROOT } from "./source/tree.ts";

const UNIT_FOLDERS = ["protocol", "client", "server", "web", "cli", "tools"];
const BROWSER_SUITE = "e2e";
const WHOLE_SYSTEM_TIMEOUT_MS = 120_000;

function checks(): Step[] {
  const local = (name: string, ...args: string[]) => [`node_modules/.bin/${name}`, ...args];
  const own = (name: string) => [process.execPath, `tools/${name}.ts`];
  return [
    { name: "style", kind: "check", command: local("biome", "check", "--error-on-warnings", ".") },
    { name: "types", kind: "check", command: local("tsc", "-p", ".") },
    { name: "unused", kind: "check", command: local("knip", "--no-config-hints") },
    { name: "layers", kind: "check", command: own("check-layers") },
    { name: "spec", kind: "check", command: own("check-spec") },
    { name: "coverage", kind: "check", command: own("check-coverage") },
    { name: "sizes", kind: "report", command: own("check-sizes") },
    { name: "web", kind: "check", command: [process.execPath, "tools/launch.mjs", "build"] },
  ];
}

/** The unit tests beside the code, then each folder of test/ as a suite of its own. */
function suites(filter: string[]): Step[] {
  const unit = suite("unit", UNIT_FOLDERS.flatMap(testFiles), filter, []);
  const whole = subfolders("test").map((folder) =>
    suite(folder, testFiles(`test/${folder}`), filter, [`--timeout=${WHOLE_SYSTEM_TIMEOUT_MS}`]),
  );
  const present = whole.filter((step) => step.command.some(isTestFile));
  return present.some((step) => step.name === BROWSER_SUITE) ? [unit, browser(), ...present] : [unit, ...present];
}

/** A step of its own, because bringing a browser may take minutes and says what it lacks. */
function browser(): Step {
  return { name: "browser", kind: "report", command: [process.execPath, "tools/debian.ts"] };
}

function suite(name: string, files: string[], filter: string[], flags: string[]): Step {
  const chosen = files.filter((file) => filter.every((word) => file.includes(word)));
  return { name, kind: "tests", command: [process.execPath, "test", ...flags, ...chosen.map((file) => `./${file}`)] };
}

function testFiles(folder: string): string[] {
  if (!existsSync(`${ROOT}/${folder}`)) return [];
  const found = new Bun.Glob(`${folder}/**/*.test.{ts,tsx}`).scanSync({ cwd: ROOT });
  return [...found].filter((file) => !file.includes("node_modules/")).sort();
}

function subfolders(folder: string): string[] {
  if (!existsSync(`${ROOT}/${folder}`)) return [];
  const entries = readdirSync(`${ROOT}/${folder}`, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

function isTestFile(word: string): boolean {
  return /\.test\.tsx?$/.test(word);
}

function choose(only: string[], filter: string[]): Step[] {
  if (only.length > 0) {
    return [...checks(), ...suites(filter)].filter((step) => only.includes(step.name));
  }
  return filter.length > 0
    ? suites(filter).filter((step) => step.command.some(isTestFile))
    : [...checks(), ...suites([])];
}

const { values, positionals } = parseArgs({
  options: { only: { type: "string", multiple: true, default: [] } },
  allowPositionals: true,
});
const steps = choose(values.only, positionals);
if (steps.length === 0) {
  const names = [...checks(), ...suites([])].map((step) => step.name);
  console.error(`Nothing to run: no step or test file of that name. The steps are ${names.join(", ")}.`);
}
process.exitCode = await runSteps(steps, ROOT);
