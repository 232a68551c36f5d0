import type { ComponentType, KeyboardEvent, ReactNode } from "react";
import { useLayoutEffect } from "react";
import { onEscape, onVeil, useModal } from "./dialog.tsx";

/** Where a menu is anchored: the box of the button that opened it, or a point. */
export interface Anchor {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const EDGE = 8;
const GAP = 4;

/** Below its anchor and ending with it, or above where there is no room below; always inside the window. */
export function placeMenu(
  anchor: Anchor,
  size: { width: number; height: number },
  room: { width: number; height: number },
) {
  const fits = anchor.bottom + GAP + size.height + EDGE <= room.height;
  const top = fits ? anchor.bottom + GAP : anchor.top - GAP - size.height;
  const starts = anchor.left + size.width + EDGE <= room.width && anchor.left < room.width / 2;
  const left = starts ? anchor.left : anchor.right - size.width;
  return {
    left: Math.max(EDGE, Math.min(left, room.width - size.width - EDGE)),
    top: Math.max(EDGE, Math.min(top, room.height - size.height - EDGE)),
  };
}

const ITEMS = '[role^="menuitem"]:not(:disabled)';

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>(ITEMS)];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined || items.length === 0) return;
  event.preventDefault();
  items[(to + items.length) % items.length]?.focus();
}

interface MenuProps {
  anchor: Anchor;
  label: string;
  onClose: () => void;
  children: ReactNode;
}

/** A menu at its anchor; a sheet from the bottom on a phone. Arrows move, Escape closes. */
export function Menu({ anchor, label, onClose, children }: MenuProps) {
  const ref = useModal();
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    const size = { width: dialog.offsetWidth, height: dialog.offsetHeight };
    const { left, top } = placeMenu(anchor, size, { width: innerWidth, height: innerHeight });
    dialog.style.setProperty("--at-left", `${left}px`);
    dialog.style.setProperty("--at-top", `${top}px`);
    dialog.querySelector<HTMLElement>(ITEMS)?.focus();
  }, [anchor, ref]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a native dialog
    <dialog ref={ref} className="menu" aria-label={label} onCancel={onEscape(onClose)} onClick={onVeil(onClose)}>
      <div role="menu" aria-label={label} tabIndex={-1} onKeyDown={moveFocus} onClick={onClose}>
        {children}
      </div>
    </dialog>
  );
}

interface MenuItemProps {
  icon?: ComponentType<{ className?: string }>;
  children: ReactNode;
  onPick: () => void;
  danger?: boolean;
  hint?: string;
}

/** One line of a menu. */
export function MenuItem({ icon: Icon, children, onPick, danger, hint }: MenuItemProps) {
  return (
    <button type="button" className={danger ? "item danger" : "item"} role="menuitem" tabIndex={-1} onClick={onPick}>
      {Icon && <Icon className="icon s" />}
      <span>{children}</span>
      {hint && <span className="key">{hint}</span>}
    </button>
  );
}
