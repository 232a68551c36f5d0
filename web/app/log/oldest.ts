import { useLayoutEffect, useRef } from "react";
import type { LogLine } from "./lines.ts";

/** The key of the oldest line that is a part of the log itself; the day above it moves when older ones come. */
function oldest(lines: readonly LogLine[]): string | null {
  return lines.find((line) => line.is === "message" || line.is === "notice")?.key ?? null;
}

/** True in the one drawing in which lines came in above the oldest one that was there before. */
export function useOldest(lines: readonly LogLine[]): boolean {
  const before = useRef<string | null>(null);
  const now = oldest(lines);
  const was = before.current;
  useLayoutEffect(() => {
    before.current = now;
  });
  return was !== null && was !== now && lines.some((line) => line.key === was);
}
