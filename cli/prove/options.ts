import { parseArgs } from "node:util";
import { FAULTS, type Fault } from "./proxy.ts";

/** What a run does. */
export interface Plan {
  clients: number;
  rooms: number;
  /** Rooms that each client is in. */
  roomsEach: number;
  /** Seconds of load; what a killed server needs to be back comes on top. */
  seconds: number;
  /** How often the server is killed. */
  kills: number;
  faults: readonly Fault[];
  seed: number;
}

/** A run, and where: a server that is there already, or one started on a copy of a data folder (null: an empty one). */
export interface Options {
  plan: Plan;
  json: boolean;
  at: { url: string; process: { pid: number; start: string } | null } | { data: string | null };
}

/** Something wrong with what was typed; its message is the one sentence to show. */
export class UsageError extends Error {
  override name = "UsageError";
}

export const USAGE = `parley prove: many clients talk, lose their lines and come back; afterwards everything is compared.

  --url http://…    prove the server that runs there; without it one is started on a copy of a data folder
  --data <folder>   the folder to copy; default PARLEY_DATA, and without that an empty one
  --seconds 30      how long the clients talk
  --clients 200     how many clients
  --rooms N         in how many rooms (default: about 20 clients in each, each client in two)
  --faults cuts     what happens to their lines, separated by commas: ${FAULTS.join(", ")}, all, none
  --kill            kill the server (SIGKILL) several times: the one started here, or with --url the process --pid
  --pid N           the process that is the server at --url …
  --start "…"       … and the command that starts it again
  --seed N          the same choices again
  --json            the figures as one line of JSON, the last of the standard output

Exit code 0: nothing lost, doubled, misordered or miscounted; 1: something was, or the run failed; 2: wrong usage.`;

const MEMBERS_OF_A_ROOM = 20;
const SECONDS_FOR_A_KILL = 6;

/** Pure: what was asked for; null where it was help. Throws UsageError. */
export function optionsFrom(args: readonly string[], dataFolder: string | undefined): Options | null {
  const values = valuesIn(args);
  if (values.help) return null;
  const clients = whole("--clients", values.clients, 2, 5_000);
  const seconds = whole("--seconds", values.seconds, 1, 86_400);
  const rooms = whole("--rooms", values.rooms ?? String(Math.ceil((clients * 2) / MEMBERS_OF_A_ROOM)), 1, clients);
  return {
    plan: {
      clients,
      rooms,
      roomsEach: Math.min(2, rooms),
      seconds,
      kills: values.kill ? Math.max(2, Math.round(seconds / SECONDS_FOR_A_KILL)) : 0,
      faults: faultsIn(values.faults),
      seed: whole("--seed", values.seed ?? String(crypto.getRandomValues(new Uint32Array(1))[0]), 0, 2 ** 32 - 1),
    },
    json: values.json,
    at: placeIn(values, dataFolder),
  };
}

type Values = ReturnType<typeof valuesIn>;

function valuesIn(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ url: text, data: text, rooms: text, pid: text, start: text, seed: text },
        seconds: { type: "string", default: "30" },
        clients: { type: "string", default: "200" },
        faults: { type: "string", default: "cuts" },
        ...{ kill: flag, json: flag, help: flag },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function placeIn(values: Values, dataFolder: string | undefined): Options["at"] {
  const { url, data, pid, start, kill } = values;
  if (url === undefined) {
    if (pid !== undefined || start !== undefined) throw new UsageError("--pid and --start need --url.");
    return { data: data ?? (dataFolder || null) };
  }
  if (data !== undefined)
    throw new UsageError("--data is for a server that is started here: leave out --url or --data.");
  if ((pid === undefined) !== (start === undefined)) throw new UsageError("--pid and --start belong together.");
  if (kill && pid === undefined) throw new UsageError('--kill with --url needs --pid N and --start "command".');
  if (!kill && pid !== undefined) throw new UsageError("--pid and --start are for --kill.");
  const process = pid !== undefined && start !== undefined ? { pid: whole("--pid", pid, 2, 2 ** 31), start } : null;
  return { url: serverUrl(url), process };
}

function serverUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new UsageError(`--url is ${JSON.stringify(text)}; an address such as http://localhost:8000 is needed.`);
  }
  return url.href.replace(/\/+$/, "");
}

function faultsIn(text: string): readonly Fault[] {
  if (text === "none") return [];
  if (text === "all") return FAULTS;
  return text.split(",").map((name) => {
    const fault = FAULTS.find((known) => known === name.trim());
    if (fault) return fault;
    throw new UsageError(`There is no fault ${JSON.stringify(name)}; there are ${FAULTS.join(", ")}, all and none.`);
  });
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${name} is ${JSON.stringify(text)}; a whole number from ${least} to ${most} is needed.`);
}
