import { type MouseEvent, type PointerEvent, useRef } from "react";
import type { Anchor } from "../parts/menu.tsx";

const HOLD = 450;
const STILL = 10;

/** A finger that rests on something opens its menu, as a right click does with a pointer. */
export function useLongPress(open: (anchor: Anchor) => void) {
  const held = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);

  function release() {
    if (held.current) clearTimeout(held.current.timer);
    held.current = null;
  }

  return {
    onPointerDown(event: PointerEvent) {
      if (event.pointerType !== "touch") return;
      const { clientX: x, clientY: y } = event;
      release();
      held.current = { x, y, timer: setTimeout(() => open({ left: x, right: x, top: y, bottom: y }), HOLD) };
    },
    onPointerMove(event: PointerEvent) {
      const from = held.current;
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL) release();
    },
    onPointerUp: release,
    onPointerCancel: release,
    onContextMenu(event: MouseEvent) {
      if (held.current) event.preventDefault();
    },
  };
}
