import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { bun, scratch } from "./place.mjs";

const SHELL_BEAT_MS = 200;
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** Runs a TypeScript file under the pinned Bun with this terminal; signals go through, its exit code comes back. */
export function runBun(args, options = {}) {
  // --no-install: Bun must never fetch a package that the lock file does not name. --no-env-file: nor find settings in
  // whatever folder it is called from.
  const child = spawn(bun, ["--no-install", "--no-env-file", ...args], {
    stdio: "inherit",
    env: bunEnvironment(),
    ...options,
  });
  const stopForwarding = forwardSignals(child);
  const stopWatching = followShell(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      stopForwarding();
      stopWatching();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** Runs a command without a terminal and answers everything it printed. */
export function runQuietly(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const stopForwarding = forwardSignals(child);
  let output = "";
  const collect = (chunk) => {
    output += chunk;
  };
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 127, output: String(error) }));
    child.on("close", (code, signal) => {
      stopForwarding();
      resolve({ code: code ?? 1, signal, output });
    });
  });
}

/** Keeps Bun's own cache inside the clone and its crash reports at home. */
export function bunEnvironment(env = process.env) {
  return {
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: join(scratch, "cache"),
    DO_NOT_TRACK: "1",
    BUN_ENABLE_CRASH_REPORTING: "0",
    ...env,
  };
}

function forwardSignals(child) {
  const forwards = PASSED_ON.map((signal) => [signal, () => passOn(child, signal)]);
  for (const [signal, forward] of forwards) process.on(signal, forward);
  return () => {
    for (const [signal, forward] of forwards) process.off(signal, forward);
  };
}

// npm runs us in a shell and tells only that shell of a signal; most shells die without a word, and a server would be
// left behind that nobody asked for.
function followShell(child) {
  if (!process.env.npm_lifecycle_event) return () => {};
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    child.kill("SIGTERM");
  }, SHELL_BEAT_MS);
  return () => clearInterval(timer);
}

function passOn(child, signal) {
  // A terminal sends Ctrl-C to the whole group: passing it on as well would look like a second, impatient one.
  if (signal === "SIGINT" && process.stdin.isTTY) return;
  child.kill(signal);
}
