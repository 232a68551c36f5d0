import { settings } from "./env.mjs";
import { install } from "./install.mjs";
import { root } from "./place.mjs";
import { bunEnvironment, runBun } from "./run.mjs";
import { Refusal } from "./say.mjs";
import { buildWeb } from "./web.mjs";

const tasks = {
  start: serve,
  test: (args) => runBun(["tools/test.ts", ...args], { cwd: root }),
  simulate: (args) => runBun(["test/simulation/simulate.ts", ...args], { cwd: root }),
  build: buildOnly,
  run: (args) => runBun(args, { cwd: root }),
  parley: (args) => (args[0] === "serve" ? serve(args.slice(1)) : command(args)),
};

/** Brings what the task needs, runs it, and answers its exit code. */
export async function perform(task, args) {
  const run = Object.hasOwn(tasks, task ?? "") ? tasks[task] : undefined;
  if (!run) throw new Refusal(`there is no task "${task}"; there are ${Object.keys(tasks).join(", ")}.`);
  await install();
  return run(args);
}

async function serve(args) {
  await buildWeb();
  return runBun(["server/main.ts", ...args], { cwd: root, env: bunEnvironment(settings()) });
}

/** `health` asks the server that `.env` describes; what is no server of this clone's has settings of its own. */
function command(args) {
  const env = args[0] === "health" ? { env: bunEnvironment(settings()) } : {};
  return runBun([`${root}/cli/main.ts`, ...args], env);
}

async function buildOnly() {
  await buildWeb();
  return 0;
}
