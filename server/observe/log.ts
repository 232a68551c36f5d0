import type { Observer } from "../core/ports.ts";

export type Level = Parameters<Observer["log"]>[0];

const ORDER: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** An Observer that remembers what it counted. */
export interface Figures extends Observer {
  /** Everything that was counted since the start. */
  counts(): Record<string, number>;
}

export interface ObserverParts {
  /** This and everything worse is said. */
  level: Level;
  /** Short lines for a person, instead of JSON for a machine. */
  readable: boolean;
  write(line: string): void;
  now(): number;
}

/** Says what happened, one line each, and counts. */
export function createObserver({ level, readable, write, now }: ObserverParts): Figures {
  const counted = new Map<string, number>();
  const shape = readable ? shortLine : jsonLine;
  return {
    count(name, by = 1) {
      counted.set(name, (counted.get(name) ?? 0) + by);
    },
    log(at, event, facts = {}) {
      if (ORDER[at] >= ORDER[level]) write(`${shape(new Date(now()), at, event, facts)}\n`);
    },
    counts: () => Object.fromEntries(counted),
  };
}

function jsonLine(time: Date, level: Level, event: string, facts: Record<string, unknown>): string {
  // What is ours comes last in making, first in reading: a fact of the same name must not replace it.
  return JSON.stringify({ time: time.toISOString(), level, event, ...without(facts, ["time", "level", "event"]) });
}

function shortLine(time: Date, level: Level, event: string, facts: Record<string, unknown>): string {
  const told = Object.entries(facts).map(([name, value]) => `${name}=${shown(value)}`);
  return [time.toTimeString().slice(0, 8), level.padEnd(5), event, ...told].join(" ");
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
  // Hazard: a control character could move the cursor of the terminal that shows this.
  return /^[^\s"\p{C}]+$/u.test(text) ? text : JSON.stringify(text).replace(/\p{C}/gu, "?");
}

function without(facts: Record<string, unknown>, names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));
}
