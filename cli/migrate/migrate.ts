import { ConfigError } from "@parley/server/config/settings";
import { VARIABLES } from "@parley/server/config/variables";
import { type Home, MoveError, moveHome } from "@parley/server/move";
import { ProgressBar } from "../progress.ts";
import { type Options, optionsFrom, USAGE, UsageError } from "./options.ts";
import { jsonLine, reportOf } from "./report.ts";

type Environment = Record<string, string | undefined>;

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `parley migrate`: everything moves to another kind of database. The result is the exit code. */
export async function migrate(args: readonly string[], env: Environment): Promise<number> {
  try {
    const options = optionsFrom(args, env.PARLEY_DB_SCHEMA?.trim() || VARIABLES.PARLEY_DB_SCHEMA.fallback);
    if (options) return await migrateWith(options, secretIn(env));
    console.log(USAGE);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      complain(`${error.message} See parley migrate --help.`);
      return 2;
    }
    if (!(error instanceof MoveError || error instanceof ConfigError)) throw error;
    complain(error.message);
    return 1;
  }
}

async function migrateWith({ from, to, dryRun, live, json }: Options, secretKey: string | null): Promise<number> {
  const bar = new ProgressBar(process.stderr);
  const interrupt = onInterrupt();
  try {
    const moved = await moveHome(
      { from, to, secretKey, rehearse: dryRun, live: live ? { stop: () => tellToStop(from, bar) } : null },
      {
        told({ phase, done, of }) {
          const about = `${done.toLocaleString("en")} of ${of.toLocaleString("en")} rows`;
          bar.told({ phase, done: of === 0 ? 1 : done / of, about });
        },
        check: interrupt.check,
      },
    );
    bar.end();
    const report = reportOf(moved, nextAt(to));
    if (json) process.stderr.write(`${report}\n`);
    else console.log(report);
    if (json) console.log(jsonLine(moved));
    return 0;
  } finally {
    bar.end();
    interrupt.stop();
  }
}

function tellToStop(from: Home, bar: ProgressBar): void {
  bar.end();
  const what =
    "folder" in from ? "stop the server now; the rest follows as soon as it has" : "nobody can write from now on";
  complain(`everything so far is copied: ${what}.`);
}

function secretIn(env: Environment): string | null {
  const text = env.SECRET_KEY?.trim();
  if (!text) return null;
  const key = VARIABLES.SECRET_KEY.read(text);
  if (key !== undefined) return key;
  throw new ConfigError(`SECRET_KEY is not understood; allowed is ${VARIABLES.SECRET_KEY.allowed}.`);
}

function nextAt(to: Home): string {
  if ("folder" in to) return `Start the server with PARLEY_DATA=${to.folder} and without DATABASE_URL.`;
  return `Start every node with this DATABASE_URL, PARLEY_DB_SCHEMA=${to.schema} and the key of before as SECRET_KEY.`;
}

/** A signal ends the move between two batches, so that nothing is left of it. */
function onInterrupt(): { check(): void; stop(): void } {
  let came: string | null = null;
  const heard = (signal: string) => {
    came = signal;
  };
  for (const signal of STOP_SIGNALS) process.on(signal, heard);
  return {
    check() {
      if (came) throw new MoveError(`Stopped by ${came}: nothing was moved.`);
    },
    stop() {
      for (const signal of STOP_SIGNALS) process.off(signal, heard);
    },
  };
}

function complain(sentence: string): void {
  process.stderr.write(`parley: ${sentence}\n`);
}
