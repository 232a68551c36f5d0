import type { Seq, UserId } from "@parley/protocol/ids";
import type { Item, Message } from "@parley/protocol/messages";

/** Something that the server said yes to. `order` counts what its author wrote, in the order of writing. */
export interface Acknowledged {
  author: UserId;
  order: number;
  seq: Seq;
  what: { is: "post"; text: string } | { is: "edit"; target: Seq; text: string } | { is: "delete"; target: Seq };
}

/** One person's copy of a log once everything has come to rest, oldest first; what they hold as read and unread. */
export interface Copy {
  user: UserId;
  items: readonly Item[];
  read: Seq;
  unread: number;
  /** What the server counts for the same mark. */
  counted: number;
}

/** Everything that is known of one conversation. `unanswered` is how many writes may or may not be in the log. */
export interface Evidence {
  head: Seq;
  log: readonly Item[];
  acknowledged: readonly Acknowledged[];
  copies: readonly Copy[];
  unanswered: number;
  /** Entries that the conversation began with, which nobody was told yes for. */
  preamble: Seq;
}

export interface Verdict {
  /** Items in all copies together. */
  delivered: number;
  lost: number;
  duplicated: number;
  misordered: number;
  unread_drift: number;
}

const COUNTED = 1000;

/** Pure: what is wrong in one conversation. Zeros mean that acknowledged ⊆ log, and every copy is the log. */
export function compare(evidence: Evidence): Verdict {
  const verdict: Verdict = { delivered: 0, lost: 0, duplicated: 0, misordered: 0, unread_drift: 0 };
  const log = new Map(evidence.log.map((item) => [seqOf(item), item]));
  verdict.duplicated += repeatedKeys(evidence.log) + unexplained(evidence, log);
  verdict.misordered += descents(evidence.log) + outOfTurn(evidence.acknowledged);
  verdict.lost += missing(evidence.acknowledged, log);
  for (const copy of evidence.copies) compareCopy(copy, evidence.log, log, verdict);
  return verdict;
}

/** The sum of several verdicts. */
export function total(verdicts: readonly Verdict[]): Verdict {
  const sum: Verdict = { delivered: 0, lost: 0, duplicated: 0, misordered: 0, unread_drift: 0 };
  for (const verdict of verdicts) {
    for (const name of Object.keys(sum) as (keyof Verdict)[]) sum[name] += verdict[name];
  }
  return sum;
}

export function seqOf(item: Item): Seq {
  return item.kind === "message" ? item.seq : item.entry.seq;
}

function compareCopy(copy: Copy, order: readonly Item[], log: ReadonlyMap<Seq, Item>, verdict: Verdict): void {
  const held = new Map<Seq, Item>();
  verdict.delivered += copy.items.length;
  for (const item of copy.items) {
    const seq = seqOf(item);
    if (held.has(seq) || !log.has(seq)) verdict.duplicated += 1;
    held.set(seq, item);
  }
  verdict.misordered += descents(copy.items);
  for (const item of order) if (!Bun.deepEquals(held.get(seqOf(item)), item)) verdict.lost += 1;
  const recount = unreadIn(order, copy);
  if (copy.unread !== recount || copy.counted !== recount) verdict.unread_drift += 1;
}

/** Counted anew: messages of others after the mark that were not deleted. */
function unreadIn(log: readonly Item[], { user, read }: Copy): number {
  const unread = log.filter((item) => isMessage(item) && item.seq > read && item.author !== user && !item.deleted);
  return Math.min(COUNTED, unread.length);
}

/** How many acknowledged changes are not what the log says at their place. */
function missing(acknowledged: readonly Acknowledged[], log: ReadonlyMap<Seq, Item>): number {
  const expected = new Map<Seq, { author: UserId; text: string | null }>();
  for (const { author, seq, what } of acknowledged) {
    if (what.is === "post") expected.set(seq, { author, text: what.text });
  }
  for (const { author, what } of acknowledged.toSorted((a, b) => a.seq - b.seq)) {
    if (what.is === "post" || expected.get(what.target)?.text === null) continue;
    expected.set(what.target, { author, text: what.is === "edit" ? what.text : null });
  }
  return [...expected].filter(([seq, { author, text }]) => {
    const item = log.get(seq);
    return !item || !isMessage(item) || item.author !== author || item.text !== text;
  }).length;
}

/** Entries that nobody was told of: something was written twice. So is one entry that answers two writes. */
function unexplained({ head, acknowledged, preamble, unanswered }: Evidence, log: ReadonlyMap<Seq, Item>): number {
  const told = new Set(acknowledged.map(({ seq }) => seq));
  let strange = 0;
  for (let seq = preamble + 1; seq <= head; seq++) {
    const item = log.get(seq);
    const explained = told.has(seq) || (item !== undefined && !isMessage(item));
    if (!explained) strange += 1;
  }
  return acknowledged.length - told.size + Math.max(0, strange - unanswered);
}

function repeatedKeys(log: readonly Item[]): number {
  const messages = log.filter(isMessage);
  return messages.length - new Set(messages.map(({ author, key }) => `${author}:${key}`)).size;
}

/** How many stand behind a later one. */
function descents(items: readonly Item[]): number {
  let highest = 0;
  let wrong = 0;
  for (const item of items) {
    if (seqOf(item) < highest) wrong += 1;
    highest = Math.max(highest, seqOf(item));
  }
  return wrong;
}

/** How many writes of one author stand before an earlier one of the same author. */
function outOfTurn(acknowledged: readonly Acknowledged[]): number {
  const last = new Map<UserId, Seq>();
  let wrong = 0;
  for (const { author, seq } of acknowledged.toSorted((a, b) => a.order - b.order)) {
    if (seq < (last.get(author) ?? 0)) wrong += 1;
    last.set(author, seq);
  }
  return wrong;
}

function isMessage(item: Item): item is Message {
  return item.kind === "message";
}
