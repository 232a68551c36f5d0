import { join, resolve } from "node:path";
import type { Clock } from "../core/ports.ts";
import { type FileLimits, rotatingFile, tryFile } from "./file.ts";
import { Lines, type Sink } from "./lines.ts";
import { createObserver, type Figures, type Level, LOG_FILES, type LogFile } from "./log.ts";
import { standardOutput } from "./stdout.ts";

export interface LogsParts {
  level: Level;
  clock: Clock;
  /** Short lines for a person on the standard output; files get JSON all the same. */
  readable: boolean;
  /** Folder of the files; null where there are none. */
  folder: string | null;
  limits: FileLimits & {
    /** Characters that may wait for each place. */
    waiting: number;
  };
  output?: Sink;
}

export interface Logs {
  observer: Figures;
  /** Resolves when everything that was said is written, or cannot be soon. */
  flush(): Promise<void>;
  /** As much of that as can be done without waiting. */
  flushNow(): void;
}

/** Milliseconds that a place may take for the last lines: whoever does not read must not keep a server from stopping. */
const PATIENCE = 1_000;

/** The folder for the logs cannot be used; its message is the one sentence to show. */
export class LogError extends Error {
  override name = "LogError";
}

/** Opens the places where lines go: the standard output, and a file of its own for each kind. Throws LogError. */
export function openLogs(parts: LogsParts): Logs {
  const { level, clock, readable, folder, limits } = parts;
  const paths = folder === null ? null : pathsIn(resolve(folder));
  const places = new Map<LogFile | "output", Lines>();
  const observer = createObserver({
    ...{ level, readable, now: clock.now },
    write: (line) => places.get("output")?.write(line),
    file: paths && ((name, line) => places.get(name)?.write(line)),
  });
  const place = (name: string, sink: Sink) => new Lines({ sink, clock, most: limits.waiting, ...told(observer, name) });
  places.set("output", place("output", parts.output ?? standardOutput()));
  for (const name of paths ? LOG_FILES : []) {
    places.set(name, place(name, rotatingFile(paths?.[name] as string, limits)));
  }
  return {
    observer,
    flush: () => {
      const written = Promise.all([...places.values()].map((lines) => lines.flush()));
      const late = new Promise<void>((resolve) => void clock.after(PATIENCE, resolve));
      return Promise.race([written.then(() => {}), late]);
    },
    flushNow: () => {
      for (const lines of places.values()) lines.flushNow();
    },
  };
}

/** What is said of a place: that it fails, on the standard output alone; what was dropped, in the place itself. */
function told(observer: Figures, place: string) {
  return {
    notice: (lines: number) => observer.line("warn", "log_lines_dropped", { log: place, lines }),
    failed: (error: unknown) => observer.sayOnOutput("warn", "log_failed", { log: place, error: String(error) }),
    dropped: (lines: number) => observer.count("log_lines_dropped", lines),
  };
}

function pathsIn(folder: string): Record<LogFile, string> {
  const paths = Object.fromEntries(LOG_FILES.map((name) => [name, join(folder, `${name}.log`)]));
  try {
    for (const path of Object.values(paths)) tryFile(path);
  } catch (error) {
    const code = (error as { code?: string }).code ?? String(error);
    throw new LogError(`The folder ${folder} of LOG_DIR cannot be written (${code}).`);
  }
  return paths as Record<LogFile, string>;
}
