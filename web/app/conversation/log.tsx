import type { ConversationView, Timeline } from "@parley/client/views";
import type { ConversationId, Seq } from "@parley/protocol/ids";
import { type ReactNode, type Ref, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useAttention } from "../attention.ts";
import { DayLine, HoleBand, NewMessagesLine, NoticeLine, QuietLine, Skeleton, TopLine } from "../log/between.tsx";
import { isSilent, type LogLine, logLines, seenUpTo } from "../log/lines.ts";
import { MessageLine } from "../log/message.tsx";
import { MessageList, type MessageListHandle } from "../log/message-list.tsx";
import { moveNewLine, type NewLine } from "../log/new-line.ts";
import { PendingLine } from "../log/pending.tsx";
import { useChat, useClient, useMe } from "../session.tsx";
import { EmptyConversation } from "./empty.tsx";

interface LogProps {
  ref: Ref<MessageListHandle>;
  view: ConversationView;
  /** Whether the end is in sight. */
  atEnd: boolean;
  setAtEnd: (atEnd: boolean) => void;
}

/** The log of one conversation: lines made of what the client holds, and the mark of what was seen. */
export function Log({ ref, view, atEnd, setAtEnd }: LogProps) {
  const client = useClient();
  const timeline = useChat((client) => client.timeline(view.id));
  const lines = useLines(view, atEnd);
  const onSeen = useSeen(view, lines, setAtEnd);
  const more = useCallback(() => {
    const { complete, loadingOlder } = client.timeline(view.id);
    const up = client.line.is === "live" || client.line.is === "catching_up";
    if (up && !complete && !loadingOlder) client.loadOlder(view.id).catch(() => {});
  }, [client, view.id]);
  useFirstPage(view.id, more);

  if (isSilent(timeline))
    return (
      <Still>
        <EmptyConversation view={view} />
      </Still>
    );
  if (timeline.rows.length === 0 && timeline.pending.length === 0)
    return (
      <Still>
        <Skeleton />
      </Still>
    );
  return (
    <MessageList ref={ref} conversation={view.id} lines={lines} onSeen={onSeen} onNearTop={more}>
      {(line, active) => <OneLine line={line} active={active} view={view} loading={timeline.loadingOlder} />}
    </MessageList>
  );
}

function Still({ children }: { children: ReactNode }) {
  return (
    <div className="log" role="log" aria-live="off" aria-label="Messages">
      {children}
    </div>
  );
}

/** Fewer lines than this do not fill a screen. */
const FEW = 30;

/** Asks for a page when the conversation is opened or the line is back, and hardly anything is held. */
function useFirstPage(id: ConversationId, more: () => void): void {
  const client = useClient();
  const up = useChat((client) => client.line.is === "live" || client.line.is === "catching_up");
  useEffect(() => {
    if (up && client.timeline(id).rows.length < FEW) more();
  }, [up, client, id, more]);
}

/** The oldest messages of the pages that were drawn so far: what was drawn keeps its height. */
function useHeads(id: ConversationId, timeline: Timeline): ReadonlySet<Seq> {
  const [heads, setHeads] = useState<{ id: ConversationId; seqs: ReadonlySet<Seq> }>({ id, seqs: new Set() });
  const oldest = timeline.rows.find((row) => row.kind === "message");
  const seqs = heads.id === id ? heads.seqs : new Set<Seq>();
  if (oldest?.kind !== "message" || seqs.has(oldest.seq)) return seqs;
  const now = new Set([...seqs, oldest.seq]);
  setHeads({ id, seqs: now });
  return now;
}

function useLines(view: ConversationView, atEnd: boolean): LogLine[] {
  const me = useMe();
  const timeline = useChat((client) => client.timeline(view.id));
  const quietSince = useChat(({ line }) => (line.is === "waiting" || line.is === "offline" ? line.since : null));
  const newLine = useNewLine(view, atEnd);
  const heads = useHeads(view.id, timeline);
  return useMemo(
    () => logLines({ timeline, kind: view.kind, me: me.id, newLine, quietSince, heads }),
    [timeline, view.kind, me.id, newLine, quietSince, heads],
  );
}

function useNewLine(view: ConversationView, atEnd: boolean): NewLine | null {
  const attention = useAttention();
  const [line, setLine] = useState<NewLine | null>(() => moveNewLine(null, view, false));
  const next = moveNewLine(line, view, attention && atEnd);
  if (next !== line) setLine(next);
  return next;
}

/** Marks as read what is in sight, while somebody is looking. */
function useSeen(view: ConversationView, lines: readonly LogLine[], setAtEnd: (atEnd: boolean) => void) {
  const client = useClient();
  const attention = useAttention();
  const seen = useRef<Seq>(0);
  const mark = useCallback(() => {
    if (!document.hasFocus() || document.visibilityState !== "visible") return;
    const current = client.conversation(view.id);
    if (current?.role && seen.current > current.read) client.markRead(view.id, seen.current);
  }, [client, view.id]);
  useEffect(() => {
    if (attention) mark();
  }, [attention, mark]);
  return useCallback(
    (index: number, atEnd: boolean) => {
      seen.current = Math.max(seen.current, seenUpTo(lines, index));
      setAtEnd(atEnd);
      mark();
    },
    [lines, mark, setAtEnd],
  );
}

interface OneLineProps {
  line: LogLine;
  active: boolean;
  view: ConversationView;
  loading: boolean;
}

function OneLine({ line, active, view, loading }: OneLineProps) {
  switch (line.is) {
    case "top":
      return <TopLine end={line.end} loading={loading} />;
    case "day":
      return <DayLine time={line.time} />;
    case "new":
      return <NewMessagesLine count={line.count} />;
    case "notice":
      return <NoticeLine entries={line.entries} />;
    case "hole":
      return <HoleBand conversation={view.id} hole={line.hole} after={line.after} before={line.before} />;
    case "quiet":
      return <QuietLine since={line.since} />;
    case "message":
      return (
        <MessageLine
          conversation={view.id}
          message={line.message}
          first={line.first}
          state={line.state}
          lineKey={line.key}
          active={active}
        />
      );
    case "pending":
      return (
        <PendingLine
          pending={line.pending}
          first={line.first}
          waiting={line.waiting}
          lineKey={line.key}
          active={active}
        />
      );
  }
}
