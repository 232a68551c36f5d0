import { configFrom } from "@parley/server/config";
import { ConfigError } from "@parley/server/config/settings";

type Environment = Record<string, string | undefined>;

const PATIENCE = 4_000;
const ANYWHERE: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** `parley health`: asks the server that this environment describes, on this machine. The result is the exit code. */
export async function health(args: readonly string[], env: Environment): Promise<number> {
  if (args.length > 0) return complain("health takes no arguments; it asks where HOST and PORT say.", 2);
  try {
    const url = addressIn(env);
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
    const state = answer === null ? "does not answer" : answer.ok ? "is ready" : `is not ready (${answer.status})`;
    console.log(`parley: the server at ${url} ${state}.`);
    return answer?.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return complain(error.message, 1);
  }
}

function complain(sentence: string, code: number): number {
  process.stderr.write(`parley: ${sentence}\n`);
  return code;
}

function addressIn(env: Environment): string {
  const { host, port } = configFrom(env);
  const here = ANYWHERE[host] ?? host;
  return `http://${here.includes(":") ? `[${here}]` : here}:${port}`;
}
