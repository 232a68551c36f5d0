import { ConfigError, configFrom } from "@parley/server/config";

type Environment = Record<string, string | undefined>;

const PATIENCE = 4_000;
const ANYWHERE: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** `parley health`: asks the server that this environment describes, on this machine. The result is the exit code. */
export async function health(env: Environment): Promise<number> {
  try {
    const url = addressIn(env);
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
    const state = answer === null ? "does not answer" : answer.ok ? "is ready" : `is not ready (${answer.status})`;
    console.log(`parley: the server at ${url} ${state}.`);
    return answer?.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`parley: ${error.message}\n`);
    return 1;
  }
}

function addressIn(env: Environment): string {
  const { host, port } = configFrom(env);
  const here = ANYWHERE[host] ?? host;
  return `http://${here.includes(":") ? `[${here}]` : here}:${port}`;
}
