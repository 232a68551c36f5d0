import type { Observer } from "../core/ports.ts";

export type Level = Parameters<Observer["log"]>[0];

const ORDER: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The files besides the standard output, by what stands in them. */
export const LOG_FILES = ["access", "error", "websocket"] as const;
export type LogFile = (typeof LOG_FILES)[number];

type Facts = Record<string, unknown>;

/** An Observer that remembers what it counted. */
export interface Figures extends Observer {
  /** Everything that was counted since the start. */
  counts(): Record<string, number>;
  /** What a log would say, as a line for a file. */
  line(level: Level, event: string, facts: Facts): string;
  /** Said on the standard output alone: of a file that fails. */
  sayOnOutput(level: Level, event: string, facts: Facts): void;
}

export interface ObserverParts {
  /** This and everything worse is said. */
  level: Level;
  /** Short lines for a person, instead of JSON for a machine. */
  readable: boolean;
  write(line: string): void;
  /** Puts a line into a file as well; null where there are none. */
  file?: ((name: LogFile, line: string) => void) | null;
  now(): number;
}

/** Longest text of one fact: a trace is cut before it becomes a flood. Characters. */
const LONGEST = 8_192;

/** Says what happened, one line each, and counts. */
export function createObserver({ level, readable, write, file, now }: ObserverParts): Figures {
  const counted = new Map<string, number>();
  const line = (at: Level, event: string, facts: Facts) => `${jsonLine(new Date(now()), at, event, facts)}\n`;
  const shown = readable
    ? (at: Level, event: string, facts: Facts) => `${shortLine(new Date(now()), at, event, facts)}\n`
    : line;
  return {
    count(name, by = 1) {
      counted.set(name, (counted.get(name) ?? 0) + by);
    },
    log(at, event, told = {}) {
      if (ORDER[at] < ORDER[level]) return;
      const facts = typeof told === "function" ? told() : told;
      const name = file ? fileOf(at, event) : null;
      const said = shown(at, event, facts);
      write(said);
      if (name) file?.(name, readable ? line(at, event, facts) : said);
    },
    counts: () => Object.fromEntries(counted),
    line,
    sayOnOutput: (at, event, facts) => write(shown(at, event, facts)),
  };
}

/** Pure: the file that a line belongs to besides the standard output, if any. */
function fileOf(level: Level, event: string): LogFile | null {
  if (event === "request") return "access";
  if (event.startsWith("socket_")) return "websocket";
  return ORDER[level] >= ORDER.warn ? "error" : null;
}

function jsonLine(time: Date, level: Level, event: string, facts: Facts): string {
  // What is ours comes last in making, first in reading: a fact of the same name must not replace it.
  return JSON.stringify({ time: time.toISOString(), level, event, ...without(facts, ["time", "level", "event"]) });
}

function shortLine(time: Date, level: Level, event: string, facts: Facts): string {
  const told = Object.entries(facts).map(([name, value]) => `${name}=${shown(value)}`);
  return [time.toTimeString().slice(0, 8), level.padEnd(5), event, ...told].join(" ");
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
  // Hazard: a control character could move the cursor of the terminal that shows this.
  return /^[^\s"\p{C}]+$/u.test(text) ? text : JSON.stringify(text).replace(/\p{C}/gu, "?");
}

function without(facts: Facts, names: string[]): Facts {
  const kept = Object.entries(facts).filter(([name]) => !names.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, typeof value === "string" ? cut(value) : value]));
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
