import type { Conversation, Mark } from "@parley/protocol/conversations";
import { type Cursor, cursorCheck } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, Seq, Time, UserId } from "@parley/protocol/ids";
import { tellsMarks } from "@parley/protocol/marks";
import type { Page } from "@parley/protocol/messages";
import { fold, withMarks } from "./fold.ts";
import { applyChange, type Change, type Held, isChange, itemOf, messageAt, seqOf } from "./timeline.ts";
import { type Counts, type Effect, Unread } from "./unread.ts";
import { newestRows, type SavedLog } from "./vault/saved.ts";

/** What became of an entry: it was the next one, it was known, or something is missing before it. */
export type Taken = "next" | "known" | "gap";

/**
 * What is held of one conversation: one stretch without a gap, from `low` to before `next`, with the state that its
 * entries add up to. A hole, and what is hidden, drop the stretch below: what lies there may have changed unseen, and is
 * loaded again when somebody looks.
 */
export class Log {
  readonly id: ConversationId;
  summary: Conversation;
  cursor: Cursor;
  next: Seq;
  low: Seq;
  /** The highest seq that is known to exist. */
  head: Seq;
  /** Where the hole below the stretch begins, if there is one. */
  holeFrom: Seq | null = null;
  held: Held[] = [];
  /** Moves with every change of what is held. */
  revision = 0;
  /** Time of the last entry that is known. */
  latest: Time;
  /** The newest seq that may hold a message of somebody else. */
  heardUpTo: Seq;
  /** The summary misses what a hole contained. */
  stale = false;
  /** Only the server knows the counts. */
  uncertain = false;
  unread: Unread;
  #summaryAsOf: Seq;
  /** Everything after this seq was heard without a gap: pages true before it are too old. */
  #heardSince: Seq;
  #changes: Change[] = [];
  #pagesAsked = 0;
  /** Who was heard to leave, and where: only while everybody's marks are told, so only of a few. */
  readonly #left = new Map<UserId, Seq>();

  constructor(summary: Conversation) {
    this.id = summary.id;
    this.summary = summary;
    this.cursor = { seq: summary.head, check: summary.check };
    this.next = summary.head + 1;
    this.low = this.next;
    this.head = summary.head;
    this.latest = summary.latest;
    this.heardUpTo = summary.unread > 0 ? summary.head : 0;
    this.unread = new Unread(countsOf(summary));
    this.#summaryAsOf = summary.head;
    this.#heardSince = summary.head;
  }

  /** A log as it was kept. */
  static restore(saved: SavedLog): Log {
    const log = new Log(saved.summary);
    const { cursor, low, next, head, holeFrom, held, latest, heardUpTo, stale } = saved;
    Object.assign(log, { cursor, low, next, head, holeFrom, held, latest, heardUpTo, stale });
    log.unread = new Unread(saved.counts, saved.counts.asOf);
    log.#summaryAsOf = saved.summaryAsOf;
    log.#heardSince = cursor.seq;
    return log;
  }

  /** What may be kept of it: its newest rows, and everything that is needed to go on from there. */
  save(): SavedLog {
    const { summary, stale, cursor, next, head, holeFrom, heardUpTo, latest } = this;
    const held = newestRows(this.held);
    const cut = held.length < this.held.length;
    return {
      ...{ summary, stale, cursor, next, head, holeFrom, heardUpTo, latest, held },
      low: cut ? (held[0] ? seqOf(held[0].item) : next) : this.low,
      summaryAsOf: this.#summaryAsOf,
      counts: this.unread.now(next - 1),
    };
  }

  /** True when nothing older exists than what is held. */
  get complete(): boolean {
    return this.low <= 1;
  }

  /** Takes an entry where it is the next one, and leaves it where it is not. */
  take(entry: Entry, me: UserId): Taken {
    if (entry.seq < this.next) return "known";
    this.head = Math.max(this.head, entry.seq);
    if (entry.seq > this.next) return "gap";
    const effect = this.#effectOf(entry, me);
    if (entry.author !== me && entry.kind === "message") this.heardUpTo = entry.seq;
    this.#hold(entry);
    if (effect) this.unread.take(effect);
    if (entry.seq > this.#summaryAsOf) this.#foldIn(entry, me);
    this.#advance(entry.seq, { seq: entry.seq, check: cursorCheck(entry.author, entry.key) });
    this.latest = entry.time;
    return "next";
  }

  /** These seqs are nobody's business here: goes on after them. False where something is missing before them. */
  hide(from: Seq, to: Seq): boolean {
    if (from > this.next) return false;
    if (to < this.next) return true;
    this.#drop(to);
    this.#advance(to, this.cursor);
    return true;
  }

  /** A hole up to before `from`: what is below it is dropped, and delivery goes on behind it. */
  skipTo(from: Seq, check: number): void {
    if (from <= this.next) return;
    this.holeFrom ??= this.next;
    this.#drop(from - 1);
    this.#advance(from - 1, { seq: from - 1, check });
    this.heardUpTo = from - 1;
  }

  /** Says that a page is being asked for; until it came, changes are kept for it. The result is what `join` needs. */
  ask(): Seq {
    this.#pagesAsked++;
    return this.cursor.seq;
  }

  /** Puts a page below the stretch. False where it does not fit there, or is true at a time before what was heard. */
  join(page: Page, askedAt: Seq): boolean {
    const fits = page.to === this.low - 1 && page.as_of >= Math.max(askedAt, this.#heardSince);
    if (fits) {
      const older: Held[] = page.items.map((item) => ({ item, asOf: page.as_of }));
      for (const change of this.#changes) applyChange(older, change);
      this.held = [...older, ...this.held];
      this.low = Math.min(page.from, this.low);
      this.revision++;
      if (this.holeFrom !== null && this.low <= this.holeFrom) this.holeFrom = null;
    }
    return fits;
  }

  /** The page that was asked for came, or will not come. */
  asked(): void {
    this.#pagesAsked--;
    if (this.#pagesAsked === 0) this.#changes = [];
  }

  /** The same conversation with nothing of its log: what was held belongs to another history. */
  restarted(from: Seq, check: number): Log {
    const unknown = { delivered: 0, read: 0, unread: 0, mentions: 0, marks: [] };
    const log = new Log({ ...this.summary, ...unknown, head: from - 1, check });
    log.stale = true;
    return log;
  }

  /** Takes a summary that is true at its head, and what was heard after that on top of it; not one that is too old. */
  renew(summary: Conversation, me: UserId): void {
    if (summary.head < Math.max(this.#summaryAsOf, this.low - 1)) return;
    const { delivered, read } = this.summary;
    const marks = withMarks(summary.marks, this.summary.marks);
    this.#summaryAsOf = summary.head;
    if (summary.head >= this.cursor.seq) this.latest = summary.latest;
    this.summary = {
      ...summary,
      marks: summary.marks.length > 0 ? marks.filter(({ user }) => hasMark(summary, user)) : [],
      delivered: Math.max(delivered, summary.delivered),
      read: Math.max(read, summary.read),
    };
    for (const { item } of this.held) {
      if (item.kind === "notice" && item.entry.seq > summary.head) this.summary = fold(this.summary, item.entry, me);
    }
    this.head = Math.max(this.head, summary.head);
    this.stale = false;
    this.count(countsOf(summary));
  }

  /** The log ends here. A summary of what lies beyond is of another history: its newest part was lost. */
  endsAt(head: Seq): void {
    if (head >= Math.max(this.#summaryAsOf, this.head) || head < this.next - 1) return;
    this.#summaryAsOf = Math.min(this.#summaryAsOf, head);
    this.head = head;
    this.stale = true;
    const upTo = <M extends { delivered: Seq; read: Seq }>(mark: M): M => {
      return { ...mark, delivered: Math.min(mark.delivered, head), read: Math.min(mark.read, head) };
    };
    this.summary = { ...upTo(this.summary), marks: this.summary.marks.map(upTo) };
  }

  /** Takes counts of the server. False where they cannot be used: they are older than what was done here. */
  count(counts: Counts): boolean {
    if (counts.read < this.summary.read) return false;
    this.summary = { ...this.summary, read: counts.read };
    return this.unread.set(counts);
  }

  /** Moves one's own marks. False where the counts that follow from it are not known here. */
  moveOwn(delivered: Seq, read: Seq, me: UserId): boolean {
    const { delivered: wasDelivered, read: wasRead } = this.summary;
    if (delivered > wasDelivered || read > wasRead) {
      const now = { delivered: Math.max(delivered, read, wasDelivered), read: Math.max(read, wasRead) };
      this.summary = { ...this.summary, ...now };
    }
    if (read <= wasRead) return true;
    const counts = this.#countAfter(read, me);
    return counts !== null && this.unread.set({ read, ...counts, asOf: this.next - 1 });
  }

  moveOthers(marks: readonly Mark[]): void {
    if (!tellsMarks(this.summary)) return;
    // Marks may come late: of somebody who left since, they say nothing any more.
    const current = marks.filter(({ user, delivered }) => delivered > (this.#left.get(user) ?? -1));
    const moved = withMarks(this.summary.marks, current);
    if (moved !== this.summary.marks) this.summary = { ...this.summary, marks: moved };
  }

  /** What was not heard up to there may have changed all that is held, and who is in. */
  #drop(upTo: Seq): void {
    this.held = [];
    this.revision++;
    this.low = upTo + 1;
    this.#heardSince = upTo;
    this.stale = true;
  }

  #hold(entry: Entry): void {
    this.revision++;
    if (!isChange(entry)) {
      this.held.push({ item: itemOf(entry), asOf: entry.seq });
      return;
    }
    applyChange(this.held, entry);
    if (this.#pagesAsked > 0) this.#changes.push(entry);
  }

  #foldIn(entry: Entry, me: UserId): void {
    const was = this.summary;
    this.summary = fold(was, entry, me);
    if (entry.kind === "left" && tellsMarks(was)) this.#left.set(entry.body.user, entry.seq);
    if (tellsMarks(this.summary) && !tellsMarks(was)) this.stale = true;
    if (this.summary.read > was.read) {
      this.unread.set({ read: this.summary.read, unread: 0, mentions: 0, asOf: entry.seq });
    }
  }

  #effectOf(entry: Entry, me: UserId): Effect | null {
    const seq = entry.seq;
    if (entry.kind === "message" && entry.author !== me) {
      return { seq, target: seq, by: 1, mention: this.#mentions(entry.body.mentions ?? [], me) };
    }
    if (entry.kind === "deleted" && entry.body.of !== me) {
      const message = messageAt(this.held, entry.body.target, seq);
      // Of a message that is not held nobody here can say whether it mentioned one: `doubtful` tells.
      return { seq, target: entry.body.target, by: -1, mention: this.#mentions(message?.mentions ?? [], me) };
    }
    return null;
  }

  /** Would taking this entry leave the mentions uncertain? */
  doubtful(entry: Entry, me: UserId): boolean {
    if (entry.kind !== "deleted" || entry.body.of === me || this.summary.kind === "direct") return false;
    const { target } = entry.body;
    return this.unread.mentions > 0 && target > this.summary.read && messageAt(this.held, target, entry.seq) === null;
  }

  #mentions(mentioned: readonly UserId[], me: UserId): boolean {
    return this.summary.kind === "direct" || mentioned.includes(me);
  }

  #countAfter(read: Seq, me: UserId): { unread: number; mentions: number } | null {
    if (read >= this.next - 1) return { unread: 0, mentions: 0 };
    if (read < this.low - 1) return null;
    const counts = { unread: 0, mentions: 0 };
    for (let at = this.held.length - 1; at >= 0; at--) {
      const { item } = this.held[at] as Held;
      if (seqOf(item) <= read) break;
      if (item.kind !== "message" || item.author === me || item.deleted) continue;
      counts.unread = Math.min(1000, counts.unread + 1);
      if (this.#mentions(item.mentions, me)) counts.mentions = Math.min(1000, counts.mentions + 1);
    }
    return counts;
  }

  #advance(to: Seq, cursor: Cursor): void {
    this.cursor = cursor;
    this.next = to + 1;
    this.head = Math.max(this.head, to);
  }
}

function countsOf({ read, unread, mentions, head }: Conversation): Counts {
  return { read, unread, mentions, asOf: head };
}

function hasMark(summary: Conversation, user: UserId): boolean {
  return summary.marks.some((mark) => mark.user === user);
}
