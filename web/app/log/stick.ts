import { type RefObject, useLayoutEffect, useRef } from "react";
import type { VirtualizerHandle } from "virtua";
import type { LogLine } from "./lines.ts";

/** Nearer than this to the end counts as being there. */
const NEAR_END = 60;
/** How much of the log is shown above the line of what is new. */
const ABOVE_NEW = -72;

type List = RefObject<VirtualizerHandle | null>;

/** Shows the line of what is new when the log is first drawn. True where there was one. */
function showNew(list: List, lines: readonly LogLine[]): boolean {
  const fresh = lines.findIndex((line) => line.is === "new");
  if (fresh >= 0) list.current?.scrollToIndex(fresh, { align: "start", offset: ABOVE_NEW });
  return fresh >= 0;
}

function isNearEnd(at: VirtualizerHandle): boolean {
  return at.scrollSize - at.scrollOffset - at.viewportSize < NEAR_END;
}

/** Only a move upwards leaves the end: the log itself grows downwards while it is being measured. */
function staysAtEnd(at: VirtualizerHandle, before: number, stuck: boolean): boolean {
  return isNearEnd(at) || (stuck && at.scrollOffset >= before - 1);
}

/** Keeps the end of the log in sight while somebody is there, and tells how far it was seen. */
export function useStick(
  scroller: RefObject<HTMLDivElement | null>,
  list: List,
  lines: readonly LogLine[],
  onSeen: (index: number, atEnd: boolean) => void,
) {
  const stuck = useRef(true);
  const opened = useRef(false);
  const offset = useRef(0);
  const newest = lines.at(-1);

  function toEnd() {
    stuck.current = true;
    // Not `scrollToIndex`: that goes on for a moment, and would take back somebody who scrolls up meanwhile.
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new end moves the log
  useLayoutEffect(() => {
    if (!opened.current && lines.length > 1) {
      opened.current = true;
      stuck.current = !showNew(list, lines);
    }
    if (stuck.current || newest?.is === "pending") toEnd();
  }, [newest, lines.length]);

  function onScroll() {
    const at = list.current;
    if (!at) return;
    stuck.current = staysAtEnd(at, offset.current, stuck.current);
    offset.current = at.scrollOffset;
  }

  function look() {
    const at = list.current;
    if (!at || at.viewportSize === 0) return;
    stuck.current ||= isNearEnd(at);
    const last = at.findItemIndex(at.scrollOffset + at.viewportSize - 12);
    onSeen(stuck.current ? lines.length - 1 : last, stuck.current);
  }

  return { toEnd, onScroll, look, onResize: () => stuck.current && toEnd() };
}
