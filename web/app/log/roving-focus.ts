import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import type { LogLine } from "./lines.ts";

function takesFocus(line: LogLine | undefined): boolean {
  return line?.is === "message" || line?.is === "pending";
}

function step(lines: readonly LogLine[], from: number, by: 1 | -1): number {
  for (let at = from + by; at >= 0 && at < lines.length; at += by) if (takesFocus(lines[at])) return at;
  return from;
}

function destination(key: string, lines: readonly LogLine[], from: number): number | null {
  switch (key) {
    case "ArrowUp":
      return step(lines, from, -1);
    case "ArrowDown":
      return step(lines, from, 1);
    case "Home":
      return step(lines, -1, 1);
    case "End":
      return step(lines, lines.length, -1);
    default:
      return null;
  }
}

/** One Tab stop for the whole log: the message that had the focus last, else the newest. Arrows move it. */
export function useRovingFocus(
  scroller: RefObject<HTMLDivElement | null>,
  list: RefObject<VirtualizerHandle | null>,
  lines: readonly LogLine[],
) {
  const [key, setKey] = useState<string | null>(null);
  const wanted = useRef(false);
  const kept = key === null ? -1 : lines.findIndex((line) => line.key === key);
  const active = kept >= 0 ? kept : step(lines, lines.length, -1);

  useLayoutEffect(() => {
    if (!wanted.current || key === null) return;
    wanted.current = false;
    const line = scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    line?.focus({ preventScroll: true });
  }, [key, scroller]);

  function focusAt(index: number) {
    const line = lines[index];
    if (!line || !takesFocus(line)) return;
    wanted.current = true;
    list.current?.scrollToIndex(index, { align: "nearest" });
    setKey(line.key);
    if (line.key === key) {
      scroller.current
        ?.querySelector<HTMLElement>(`[data-key="${CSS.escape(line.key)}"]`)
        ?.focus({ preventScroll: true });
    }
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const own = (event.target as HTMLElement).dataset.key;
    if (own === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const from = lines.findIndex((line) => line.key === own);
    const to = destination(event.key, lines, from);
    if (to === null) return;
    event.preventDefault();
    focusAt(to);
  }

  return { active, kept: kept >= 0 ? [kept] : [], onKeyDown, newest: () => focusAt(step(lines, lines.length, -1)) };
}
