import { type RefObject, useLayoutEffect, useRef } from "react";
import type { VirtualizerHandle } from "virtua";
import type { LogLine } from "./lines.ts";

/** Nearer than this to the end counts as being there. */
const NEAR_END = 60;
/** How much of the log is shown above the line of what is new. */
const ABOVE_NEW = -72;

/** Keeps the end of the log in sight while somebody is there, and tells how far it was seen. */
export function useStick(
  list: RefObject<VirtualizerHandle | null>,
  lines: readonly LogLine[],
  onSeen: (index: number, atEnd: boolean) => void,
) {
  const stuck = useRef(true);
  const opened = useRef(false);
  const offset = useRef(0);
  const newest = lines.at(-1);

  function toEnd() {
    stuck.current = true;
    list.current?.scrollToIndex(lines.length - 1, { align: "end" });
  }

  /** Only a move upwards leaves the end: the log itself grows downwards while it is being measured. */
  function onScroll() {
    const at = list.current;
    if (!at) return;
    const atEnd = at.scrollSize - at.scrollOffset - at.viewportSize < NEAR_END;
    if (atEnd) stuck.current = true;
    else if (at.scrollOffset < offset.current - 1) stuck.current = false;
    offset.current = at.scrollOffset;
  }

  function look() {
    const at = list.current;
    if (!at || at.viewportSize === 0) return;
    const last = at.findItemIndex(at.scrollOffset + at.viewportSize - 12);
    onSeen(stuck.current ? lines.length - 1 : last, stuck.current);
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new end moves the log
  useLayoutEffect(() => {
    if (!opened.current && lines.length > 1) {
      opened.current = true;
      const fresh = lines.findIndex((line) => line.is === "new");
      if (fresh >= 0) {
        stuck.current = false;
        list.current?.scrollToIndex(fresh, { align: "start", offset: ABOVE_NEW });
        return;
      }
    }
    if (stuck.current || newest?.is === "pending") toEnd();
  }, [newest, lines.length]);

  return {
    toEnd,
    look,
    onScroll,
    onResize() {
      if (stuck.current) toEnd();
    },
  };
}
