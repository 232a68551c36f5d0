import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A check passes or fails as one; a report is only shown; tests are counted one by one. */
export interface Step {
  name: string;
  kind: "check" | "report" | "tests";
  command: string[];
}

/** How many passed, failed and were skipped. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Outcome {
  code: number;
  output: string;
}

const STILL_RUNNING_MS = 30_000;
/** How long a step may say nothing before it counts as hung: longer than any single test may take. */
const SILENT_LIMIT_MS = 5 * 60_000;
// What configures a running Parley must not reach its tests: they would write into somebody's real database.
const NOT_FOR_TESTS =
  /^(PARLEY_.*|HOST|PORT|DATABASE_URL|REDIS_URL|NATS_URL|CORS_ORIGINS|SECRET_KEY|LOG_LEVEL|LOG_DIR|NODE_ENV)$/;

/** Runs the steps in order, prints one line for each and the sum at the end, and answers the exit code. */
export async function runSteps(steps: Step[], cwd: string, silentLimitMs = SILENT_LIMIT_MS): Promise<number> {
  const temporary = mkdtempSync(join(tmpdir(), "parley-"));
  // Programs that refuse to run as root, databases for one, have their folders in here as somebody else.
  chmodSync(temporary, 0o711);
  removeWhenInterrupted(temporary);
  const total: Counts = { passed: 0, failed: steps.length === 0 ? 1 : 0, skipped: 0 };
  try {
    for (const step of steps) add(total, await runStep(step, cwd, temporary, silentLimitMs));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  console.log(`\n${describe(total)}`);
  return total.failed > 0 ? 1 : 0;
}

/** What a step's output and exit code are worth; a step that says nothing countable has failed. */
export function countsOf(step: Step, { code, output }: Outcome): Counts {
  if (step.kind === "report") return { passed: 0, failed: 0, skipped: 0 };
  if (step.kind === "check") return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  const counts = {
    passed: lastCount(output, "pass"),
    failed: lastCount(output, "fail"),
    skipped: lastCount(output, "skip") + lastCount(output, "todo"),
  };
  const ranNothing = counts.passed + counts.failed + counts.skipped === 0;
  if (counts.failed === 0 && (code !== 0 || ranNothing)) counts.failed = 1;
  return counts;
}

/** The line that ends every run; machines read it too. */
export function describe({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

async function runStep(step: Step, cwd: string, temporary: string, silentLimitMs: number): Promise<Counts> {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  if (process.stdout.isTTY) process.stdout.write(`  …        ${step.name}`);
  const reminder = setInterval(() => console.log(`  …${seconds()} s ${step.name}`), STILL_RUNNING_MS);
  const outcome = await run(step, cwd, temporary, silentLimitMs);
  clearInterval(reminder);
  const counts = countsOf(step, outcome);
  if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
  const detail = step.kind === "tests" ? `: ${describe(counts)}` : "";
  console.log(`  ${counts.failed > 0 ? "✗" : "✓"}${seconds()} s ${step.name}${detail}`);
  printOutput(step, counts, outcome.output);
  return counts;
}

let running: Bun.Subprocess | undefined;

async function run(step: Step, cwd: string, temporary: string, silentLimitMs: number): Promise<Outcome> {
  const child = Bun.spawn(step.command, {
    cwd,
    env: environment(temporary),
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  running = child;
  const heard: string[] = [];
  const hung = () => {
    heard.push(`\nStopped: nothing was heard of this step for ${silentLimitMs / 1000} s.`);
    killGroup(child);
  };
  let watch = setTimeout(hung, silentLimitMs);
  const listen = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      heard.push(decoder.decode(chunk, { stream: true }));
      clearTimeout(watch);
      watch = setTimeout(hung, silentLimitMs);
    }
  };
  await Promise.all([listen(child.stdout), listen(child.stderr)]);
  clearTimeout(watch);
  const code = await child.exited;
  return { code, output: heard.join("") };
}

/** With all that the step started: what stays behind would hold its output open. */
function killGroup(leader: Bun.Subprocess): void {
  try {
    process.kill(-leader.pid, "SIGKILL");
  } catch {
    leader.kill("SIGKILL");
  }
}

/** A clean environment whose temporary folder and caches are gone after the run. */
function environment(temporary: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_FOR_TESTS.test(name));
  const ours = { TMPDIR: temporary, XDG_CACHE_HOME: temporary, XDG_CONFIG_HOME: temporary };
  return { ...Object.fromEntries(kept as [string, string][]), ...ours };
}

function printOutput(step: Step, counts: Counts, output: string): void {
  const lines = output.split("\n");
  const shown =
    counts.failed > 0
      ? lines.filter((line) => !line.startsWith("(pass)"))
      : lines.filter((line) => isWorthIt(step, line));
  for (const line of shown) console.log(`      ${line}`);
}

function isWorthIt(step: Step, line: string): boolean {
  return step.kind === "report" ? line !== "" : /^(skipped|open): /.test(line);
}

function lastCount(output: string, word: string): number {
  const found = [...output.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))];
  return Number(found.at(-1)?.[1] ?? 0);
}

function add(total: Counts, counts: Counts): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

function removeWhenInterrupted(temporary: string): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      if (running !== undefined) killGroup(running);
      rmSync(temporary, { recursive: true, force: true });
      process.exit(130);
    });
  }
}
