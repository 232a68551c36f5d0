import { expect, test } from "bun:test";
import { createObserver, type Level } from "./log.ts";

const NOON = Date.UTC(2030, 0, 2, 12, 0, 0);

function observing(level: Level, readable: boolean) {
  const lines: string[] = [];
  const observer = createObserver({ level, readable, write: (line) => lines.push(line), now: () => NOON });
  return { observer, lines };
}

test("[OPS7] a log line is one JSON object with time, level and event, which no fact can replace", () => {
  const { observer, lines } = observing("info", false);
  observer.log("warn", "feed_behind", { conversation: 7, error: "line one\nline two", event: "other", level: "info" });
  expect(lines).toEqual([
    '{"time":"2030-01-02T12:00:00.000Z","level":"warn","event":"feed_behind","conversation":7,"error":"line one\\nline two"}\n',
  ]);
});

test("[OPS7] only the chosen level and worse are said", () => {
  const { observer, lines } = observing("warn", false);
  for (const level of ["debug", "info", "warn", "error"] as const) observer.log(level, level);
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(["warn", "error"]);
});

test("[OPS7] on a terminal a line is short, and nothing in it moves the cursor", () => {
  const { observer, lines } = observing("debug", true);
  observer.log("info", "opened", { port: 8000, what: "a b", bad: "\u001b[2J\u0007x", none: undefined });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(' info  opened port=8000 what="a b"');
  expect(lines[0]?.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
});

test("[OPS7] what is counted adds up", () => {
  const { observer } = observing("info", false);
  observer.count("entries", 3);
  observer.count("entries");
  observer.count("commits");
  expect(observer.counts()).toEqual({ entries: 4, commits: 1 });
});
