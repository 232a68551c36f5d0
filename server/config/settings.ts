import { VARIABLES, type Variable } from "./variables.ts";

/** A variable that cannot be understood; its message is the one sentence to show. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

type Name = keyof typeof VARIABLES;
export type Environment = Record<string, string | undefined>;

/** Answers what a variable is set to, or its fallback. */
export type Settings = <N extends Name>(name: N) => (typeof VARIABLES)[N]["fallback"];

/** The settings in this environment. An empty variable counts as absent. Throws ConfigError. */
export function settingsOf(env: Environment): Settings {
  refuseForeign(env);
  return (name) => settingOf(name, env);
}

function refuseForeign(env: Environment): void {
  const unknown = Object.keys(env).find((name) => name.startsWith("PARLEY_") && !Object.hasOwn(VARIABLES, name));
  if (unknown) throw new ConfigError(`There is no variable ${unknown}; the nearest is ${nearestTo(unknown)}.`);
}

function nearestTo(name: string): string {
  const known = Object.keys(VARIABLES).filter((other) => other.startsWith("PARLEY_"));
  return known.reduce((best, other) => (distance(name, other) < distance(name, best) ? other : best));
}

/** How many letters to put in, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, changed));
    }
    row = next;
  }
  return row[b.length] as number;
}

function settingOf<N extends Name>(name: N, env: Environment): (typeof VARIABLES)[N]["fallback"] {
  const variable: Variable<unknown> = VARIABLES[name];
  const text = env[name]?.trim();
  const value = text ? variable.read(text) : variable.fallback;
  if (value !== undefined) return value as (typeof VARIABLES)[N]["fallback"];
  const given = variable.secret ? "not understood" : JSON.stringify(text);
  throw new ConfigError(`${name} is ${given}; allowed is ${variable.allowed.replaceAll("`", "")}.`);
}
