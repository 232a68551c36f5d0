import { type MouseEvent, type PointerEvent, type TouchEvent, useRef } from "react";
import type { Anchor } from "../parts/menu.tsx";

const HOLD = 450;
const STILL = 10;

/** A finger that rests on something opens its menu. */
export function useLongPress(open: (anchor: Anchor) => void) {
  const held = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const opened = useRef(false);

  function release() {
    if (held.current) clearTimeout(held.current.timer);
    held.current = null;
  }

  return {
    onPointerDown(event: PointerEvent) {
      if (event.pointerType !== "touch") return;
      const { clientX: x, clientY: y } = event;
      release();
      opened.current = false;
      const rested = () => {
        opened.current = true;
        open({ left: x, right: x, top: y, bottom: y });
      };
      held.current = { x, y, timer: setTimeout(rested, HOLD) };
    },
    onPointerMove(event: PointerEvent) {
      const from = held.current;
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL) release();
    },
    onPointerUp: release,
    onPointerCancel: release,
    // The finger that opened the menu must not choose what came up beneath it.
    onTouchEnd(event: TouchEvent) {
      if (opened.current) event.preventDefault();
    },
    onContextMenu(event: MouseEvent) {
      if (held.current) event.preventDefault();
    },
  };
}
