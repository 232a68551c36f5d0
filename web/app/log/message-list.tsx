import type { ConversationId } from "@parley/protocol/ids";
import { type ReactNode, type Ref, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { LogLine } from "./lines.ts";
import { useOldest } from "./oldest.ts";
import { useRovingFocus } from "./roving-focus.ts";
import { useStick } from "./stick.ts";

/** What others may ask of the list. */
export interface MessageListHandle {
  toPresent(): void;
  focusNewest(): void;
}

interface MessageListProps {
  ref: Ref<MessageListHandle>;
  conversation: ConversationId;
  lines: readonly LogLine[];
  children: (line: LogLine, active: boolean) => ReactNode;
  /** The index of the last line that is seen, and whether that is the end. */
  onSeen: (index: number, atEnd: boolean) => void;
  /** Called when the beginning of what is loaded comes near. */
  onNearTop: () => void;
}

const NEAR_TOP = 900;

/**
 * The log, of any length. It stays at its end while it is there, keeps its place when older messages come in above,
 * and has one Tab stop that arrows move.
 */
export function MessageList({ ref, conversation, lines, children, onSeen, onNearTop }: MessageListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const shift = useOldest(lines);
  const stick = useStick(scroller, list, lines, onSeen);
  const focus = useRovingFocus(scroller, list, lines);

  function look(first?: () => void) {
    first?.();
    stick.look();
    if (list.current && list.current.scrollOffset < NEAR_TOP) onNearTop();
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the lines may bring the beginning near
  useLayoutEffect(() => look(), [lines]);
  useImperativeHandle(ref, () => ({ toPresent: stick.toEnd, focusNewest: focus.newest }));

  return (
    <div className="log" ref={scroller} role="log" aria-live="off" aria-label="Messages" onKeyDown={focus.onKeyDown}>
      <div className="fill" />
      <Virtualizer
        key={conversation}
        ref={list}
        scrollRef={scroller}
        shift={shift}
        bufferSize={1000}
        keepMounted={focus.kept}
        onScroll={() => look(stick.onScroll)}
        onResize={() => look(stick.onResize)}
      >
        {lines.map((line, at) => (
          <div key={line.key}>{children(line, at === focus.active)}</div>
        ))}
      </Virtualizer>
    </div>
  );
}
