import { ProgressBar } from "../progress.ts";
import { ProofError } from "./crowd.ts";
import { type Options, optionsFrom, USAGE, UsageError } from "./options.ts";
import { runProof } from "./proof.ts";
import { holds, jsonLine, reportOf, stepOf } from "./report.ts";
import { ownServer, runningServer, type Target, TargetError } from "./target.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `parley prove`: the operator's own proof. The result is the exit code. */
export async function prove(args: readonly string[]): Promise<number> {
  try {
    const options = optionsFrom(args, process.env.PARLEY_DATA);
    if (options) return await proveWith(options);
    console.log(USAGE);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      complain(`${error.message} See parley prove --help.`);
      return 2;
    }
    if (!(error instanceof TargetError || error instanceof ProofError)) throw error;
    complain(error.message);
    return 1;
  }
}

async function proveWith(options: Options): Promise<number> {
  const { at, plan, json } = options;
  const target = "url" in at ? await runningServer(at.url, at.process) : await ownServer(at.data);
  const bar = new ProgressBar(process.stderr);
  const interrupt = onInterrupt(target);
  try {
    const proof = await runProof(target, plan, {
      told: (progress) => bar.told(stepOf(progress)),
      enough: interrupt.came,
    });
    bar.end();
    const report = reportOf(proof, options, target);
    if (json) process.stderr.write(`${report}\n`);
    else console.log(report);
    if (json) console.log(jsonLine(proof, plan.seed));
    return holds(proof) ? 0 : 1;
  } finally {
    bar.end();
    interrupt.stop();
    await closeQuietly(target);
  }
}

/** The first Ctrl-C ends the talking and compares what there is; the second ends everything at once. */
function onInterrupt(target: Target): { came(): boolean; stop(): void } {
  let came = false;
  const heard = () => {
    if (came) void closeQuietly(target).finally(() => process.exit(130));
    came = true;
  };
  for (const signal of STOP_SIGNALS) process.on(signal, heard);
  const stop = () => {
    for (const signal of STOP_SIGNALS) process.off(signal, heard);
  };
  return { came: () => came, stop };
}

async function closeQuietly(target: Target): Promise<void> {
  await target.close().catch((error) => complain(String(error)));
}

function complain(sentence: string): void {
  process.stderr.write(`parley: ${sentence}\n`);
}
