import type { Hole, MessageState, Pending, Row, Timeline } from "@parley/client/views";
import type { ConversationKind } from "@parley/protocol/conversations";
import type { Entry } from "@parley/protocol/entries";
import type { Seq, Time, UserId } from "@parley/protocol/ids";
import type { Message } from "@parley/protocol/messages";
import { isTold, sharesLine } from "../words/notices.ts";
import { dayKey } from "../words/times.ts";
import type { NewLine } from "./new-line.ts";

/** One line of the log on the screen, with a key that stays the same for as long as the line is there. */
export type LogLine =
  | { is: "top"; key: string; end: "beginning" | "more" | "hole" }
  | { is: "day"; key: string; time: Time }
  | { is: "new"; key: string; count: number }
  | { is: "message"; key: string; seq: Seq; message: Message; first: boolean; state: MessageState | null }
  | { is: "notice"; key: string; seq: Seq; entries: readonly Entry[] }
  | { is: "hole"; key: string; hole: Hole; after: Time | null; before: Time | null }
  | { is: "quiet"; key: string; since: Time }
  | { is: "pending"; key: string; pending: Pending; first: boolean; waiting: number };

/** What the log is drawn from. */
export interface LogSource {
  timeline: Timeline;
  kind: ConversationKind;
  me: UserId;
  newLine: NewLine | null;
  /** When the line went quiet, while it is. */
  quietSince: Time | null;
  /** Messages that were drawn as the beginning of a group, and stay it when older ones of that group are loaded. */
  heads: ReadonlySet<Seq>;
}

/** Ten minutes start a new group, like a new author does. */
const GROUP_SPAN = 10 * 60_000;

interface Draft {
  lines: LogLine[];
  day: string | null;
  /** Author and time of the message that the next one may follow in one group. */
  author: UserId | null;
  time: Time;
  newTold: boolean;
}

function timeOf(row: Row): Time | null {
  if (row.kind === "hole") return null;
  return row.kind === "message" ? row.time : row.entry.time;
}

function seqOf(row: Row): Seq {
  if (row.kind === "hole") return row.from;
  return row.kind === "message" ? row.seq : row.entry.seq;
}

function openDay(draft: Draft, time: Time): void {
  const day = dayKey(time);
  if (day === draft.day) return;
  draft.day = day;
  draft.author = null;
  draft.lines.push({ is: "day", key: `day:${day}`, time });
}

function startsGroup(draft: Draft, author: UserId, time: Time): boolean {
  const first = draft.author !== author || time - draft.time >= GROUP_SPAN;
  draft.author = author;
  draft.time = time;
  return first;
}

function stateAt(timeline: Timeline, seq: Seq): MessageState | null {
  const { read, delivered, sent } = timeline.reached;
  if (seq === read) return "read";
  if (seq === delivered) return "delivered";
  return seq === sent ? "sent" : null;
}

function pushMessage(draft: Draft, message: Message, source: LogSource): void {
  const first = startsGroup(draft, message.author, message.time) || source.heads.has(message.seq);
  const mine = message.author === source.me;
  const key = mine ? `mine:${message.key}` : `seq:${message.seq}`;
  const state = mine ? stateAt(source.timeline, message.seq) : null;
  draft.lines.push({ is: "message", key, seq: message.seq, message, first, state });
}

function pushNotice(draft: Draft, entry: Entry): void {
  draft.author = null;
  const last = draft.lines.at(-1);
  const start = last?.is === "notice" ? last.entries[0] : undefined;
  if (last?.is === "notice" && start && sharesLine(start, entry)) {
    draft.lines[draft.lines.length - 1] = { ...last, seq: entry.seq, entries: [...last.entries, entry] };
    return;
  }
  draft.lines.push({ is: "notice", key: `seq:${entry.seq}`, seq: entry.seq, entries: [entry] });
}

function pushHole(draft: Draft, hole: Hole, rows: readonly Row[], at: number): void {
  const around = (row: Row | undefined) => (row ? timeOf(row) : null);
  draft.author = null;
  draft.lines.push({
    is: "hole",
    key: `hole:${hole.from}`,
    hole,
    after: around(rows[at - 1]),
    before: around(rows[at + 1]),
  });
}

/** The line above what was not seen yet stands before the first message of somebody else after it. */
function pushNewLine(draft: Draft, row: Row, source: LogSource): void {
  const { newLine, me } = source;
  if (draft.newTold || !newLine || seqOf(row) <= newLine.after) return;
  if (row.kind !== "message" || row.author === me) return;
  draft.newTold = true;
  draft.author = null;
  draft.lines.push({ is: "new", key: `new:${newLine.after}`, count: newLine.count });
}

function pushRows(draft: Draft, source: LogSource): void {
  const { rows } = source.timeline;
  for (const [at, row] of rows.entries()) {
    if (row.kind === "hole") {
      pushHole(draft, row, rows, at);
      continue;
    }
    if (row.kind === "notice" && !isTold(row.entry, source.kind)) continue;
    openDay(draft, timeOf(row) ?? 0);
    pushNewLine(draft, row, source);
    if (row.kind === "message") pushMessage(draft, row, source);
    else pushNotice(draft, row.entry);
  }
}

function pushPending(draft: Draft, source: LogSource): void {
  const { pending } = source.timeline;
  const waiting = pending.filter((one) => one.is === "waiting");
  const last = waiting.at(-1);
  for (const one of pending) {
    openDay(draft, one.time);
    const first = startsGroup(draft, source.me, one.time);
    const count = one === last ? waiting.length : 0;
    draft.lines.push({ is: "pending", key: `mine:${one.key}`, pending: one, first, waiting: count });
  }
}

function upperEnd(timeline: Timeline): "beginning" | "more" | "hole" {
  if (timeline.complete) return "beginning";
  return timeline.rows[0]?.kind === "hole" ? "hole" : "more";
}

/** The whole log of one conversation as lines, oldest first. */
export function logLines(source: LogSource): LogLine[] {
  const draft: Draft = {
    lines: [{ is: "top", key: "top", end: upperEnd(source.timeline) }],
    day: null,
    author: null,
    time: 0,
    newTold: false,
  };
  pushRows(draft, source);
  if (source.quietSince !== null) {
    draft.author = null;
    draft.lines.push({ is: "quiet", key: "quiet", since: source.quietSince });
  }
  pushPending(draft, source);
  return draft.lines;
}

/** Whether nobody has said anything yet: for certain, not only as far as it is loaded. */
export function isSilent(timeline: Timeline): boolean {
  return timeline.complete && timeline.pending.length === 0 && !timeline.rows.some((row) => row.kind !== "notice");
}

/** How far somebody has seen who sees the lines up to `index`. */
export function seenUpTo(lines: readonly LogLine[], index: number): Seq {
  for (let at = Math.min(index, lines.length - 1); at >= 0; at--) {
    const line = lines[at];
    if (line?.is === "message" || line?.is === "notice") return line.seq;
  }
  return 0;
}

/** The newest message of `me` that can still be edited. */
export function lastOwn(timeline: Timeline, me: UserId): Message | null {
  const own = timeline.rows.findLast((row) => row.kind === "message" && row.author === me && !row.deleted);
  return own?.kind === "message" ? own : null;
}
