import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countsOf, describe, type Step } from "./runner.ts";

const check: Step = { name: "style", kind: "check", command: [] };
const tests: Step = { name: "unit", kind: "tests", command: [] };

test("[HOUSE8] a suite that ran nothing, or died without a count, has failed", () => {
  expect(countsOf(tests, { code: 0, output: " 0 pass\n 0 fail\n" }).failed).toBe(1);
  expect(countsOf(tests, { code: 0, output: "" }).failed).toBe(1);
  expect(countsOf(tests, { code: 139, output: " 3 pass\n 0 fail\n" })).toEqual({ passed: 3, failed: 1, skipped: 0 });
  expect(countsOf(check, { code: 2, output: "" })).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("[HOUSE8] tests are counted by the summary, not by what they print themselves", () => {
  const output = " 9 pass\nnoise\n 4 pass\n 1 skip\n 2 todo\n 1 fail\nRan 8 tests\n";
  expect(countsOf(tests, { code: 1, output })).toEqual({ passed: 4, failed: 1, skipped: 3 });
});

test("[HOUSE8] the last line is the sum, and names what was skipped only when something was", () => {
  expect(describe({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
  expect(describe({ passed: 12, failed: 1, skipped: 2 })).toBe("12 passed, 1 failed, 2 skipped");
});

test("[HOUSE8] a run prints its steps, the output of those that failed, and exits with failure", async () => {
  const run = await runSteps([
    { name: "good", kind: "check", command: ["sh", "-c", "echo quiet"] },
    { name: "bad", kind: "check", command: ["sh", "-c", "echo loud; exit 3"] },
    {
      name: "lacking",
      kind: "tests",
      command: ["sh", "-c", "echo 'skipped: no browser'; echo ' 1 pass'; echo ' 1 skip'"],
    },
  ]);
  expect(run.code).toBe(1);
  expect(run.lines.at(-1)).toBe("2 passed, 1 failed, 1 skipped");
  expect(run.lines.filter((line) => /quiet|loud|skipped:/.test(line)).map((line) => line.trim())).toEqual([
    "loud",
    "skipped: no browser",
  ]);
});

test("[HOUSE9] tests see no setting of a running Parley, and their temporary folder is gone afterwards", async () => {
  const script = 'echo "[$DATABASE_URL$PARLEY_DATA$PORT]"; echo x > "$TMPDIR/left-behind"; echo "at $TMPDIR"; exit 1';
  const run = await runSteps([{ name: "probe", kind: "check", command: ["sh", "-c", script] }], {
    DATABASE_URL: "postgres://live",
    PARLEY_DATA: "/live",
    PORT: "8000",
  });
  const folder =
    run.lines
      .find((line) => line.includes("at "))
      ?.trim()
      .slice(3) ?? "";
  expect(run.lines.map((line) => line.trim())).toContain("[]");
  expect(folder).toStartWith(tmpdir());
  expect(existsSync(folder)).toBe(false);
});

test("[HOUSE8] a step that hangs is stopped, has failed, and shows what it said last", async () => {
  const hanging: Step = {
    name: "hanging",
    kind: "tests",
    command: ["sh", "-c", "echo 'the last word'; sleep 60 & wait"],
  };
  const run = await runSteps([hanging], {}, 300);
  expect(run.code).toBe(1);
  expect(run.lines.map((line) => line.trim())).toContain("the last word");
  expect(run.lines.map((line) => line.trim())).toContain("Stopped: nothing was heard of this step for 0.3 s.");
  expect(run.lines.at(-1)).toBe("0 passed, 1 failed");
});

/** Runs steps in a process of their own, since a run prints and reads the environment. */
async function runSteps(
  steps: Step[],
  env: Record<string, string> = {},
  silentLimitMs = 60_000,
): Promise<{ code: number; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "parley-runner-"));
  const script = join(folder, "run.ts");
  const runner = JSON.stringify(join(import.meta.dir, "runner.ts"));
  writeFileSync(
    script,
    `import { runSteps } from ${runner};\nprocess.exitCode = await runSteps(${JSON.stringify(steps)}, ".", ${silentLimitMs});\n`,
  );
  const child = Bun.spawn([process.execPath, script], { env: { ...process.env, ...env }, stdout: "pipe" });
  const output = await new Response(child.stdout).text();
  const code = await child.exited;
  rmSync(folder, { recursive: true });
  return { code, lines: output.trimEnd().split("\n") };
}
