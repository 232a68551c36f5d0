import { writeSync } from "node:fs";
import type { Sink } from "./lines.ts";

/** The standard output, whose reader may be slow, or gone. */
export function standardOutput(): Sink {
  let waiting = false;
  // Hazard: without anybody listening, a reader that went away would end the process.
  process.stdout.on("error", () => {});
  return {
    append(lines) {
      waiting = true;
      return new Promise((resolve, reject) => {
        process.stdout.write(lines.join(""), (error) => {
          waiting = false;
          if (error) reject(error);
          else resolve(lines.length);
        });
      });
    },
    appendNow(lines) {
      // Hazard: a reader that takes nothing would keep the process from ending.
      if (!waiting) writeSync(process.stdout.fd, lines.join(""));
    },
  };
}
