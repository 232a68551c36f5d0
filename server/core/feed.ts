import type { MemberRole } from "@parley/protocol/conversations";
import type { Cursor } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import type { ServerFrame } from "@parley/protocol/frames";
import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import type { Codec } from "./codec.ts";
import { readMarks } from "./marks.ts";
import type { Broadcast, MarksSignal, Observer, Outlet, Store } from "./ports.ts";
import type { ConversationRow } from "./rows.ts";
import { Tail } from "./tail.ts";

/** A connection that hears a feed. */
export interface Follower {
  readonly user: { id: UserId };
  readonly codec: Codec;
  readonly outlet: Outlet;
  isMember(conversation: ConversationId): boolean;
  /** The feed will say nothing more to this follower: their membership ended, or the conversation did. */
  dropped(conversation: ConversationId): void;
  /** This person has another role here, which was said just now. */
  promoted(conversation: ConversationId, role: MemberRole): void;
  /** Entries of this person's inbox, after they were said. */
  heard(entries: readonly Entry[]): void;
}

/** A listener inside this node: hears what a conversation's followers hear, before it is encoded for anybody. */
export interface Tap {
  /** The next entries of the log: in order, each once, none left out. */
  heard(entries: readonly Entry[]): void;
  /** Marks, where this conversation's followers are told of them. */
  told(marks: readonly MarksSignal[]): void;
  /** The conversation was deleted; its last entry was heard. Nothing more is said. */
  gone(): void;
}

export interface FeedLimits {
  /** A gap larger than this is told as a hole. */
  resumeEntries: number;
  resumeBytes: number;
}

export interface FeedParts {
  store: Store;
  broadcast: Broadcast;
  observer: Observer;
  limits: FeedLimits;
}

const READ_AT_ONCE = 500;
const ENCODINGS_KEPT = 8;

/** The topic that a conversation's followers of one codec hear. */
function logTopic(codec: Codec, conversation: ConversationId): string {
  return `${codec.name}/${conversation}`;
}

/**
 * One conversation's log on this node: holds a cursor, takes each entry only when it is the next one, and reads
 * what it missed from the store. A batch never spans the end of a membership.
 */
export class Feed {
  readonly row: ConversationRow;
  readonly tail: Tail;
  readonly followers = new Map<UserId, Follower[]>();
  readonly #parts: FeedParts;
  readonly #codecs = new Map<Codec, number>();
  /** Listeners inside this node, and what ends each. */
  readonly #taps = new Map<Tap, () => void>();
  readonly #shared = new Map<string, string>();
  /** The counter of mark moves up to which everything was told here. */
  #movesTold: number;
  /** How often marks were told here. */
  marksTold = 0;
  #catchingUp: Promise<void> | null = null;
  #again = false;
  #extending: Promise<void> | null = null;

  constructor(row: ConversationRow, parts: FeedParts) {
    this.row = row;
    this.tail = new Tail({ seq: row.head, check: row.check });
    this.#movesTold = row.moved;
    this.#parts = parts;
  }

  get head(): Cursor {
    return this.tail.head;
  }

  get idle(): boolean {
    return this.followers.size === 0 && this.#taps.size === 0;
  }

  /** Takes what a doorbell brought. What does not fit is read from the store. */
  advance(entries: readonly Entry[]): void {
    const fresh = entries.filter((entry) => entry.seq > this.head.seq);
    if (fresh.length === 0) return;
    const dense = fresh.every((entry, at) => entry.seq === this.head.seq + 1 + at);
    if (dense && !this.#catchingUp) this.#take(fresh);
    else this.catchUpSoon();
  }

  /** Catches up without anybody waiting for it. Where the store fails, the next beat tries again. */
  catchUpSoon(): void {
    this.catchUp().catch((error) => {
      this.#parts.observer.log("warn", "feed_behind", { conversation: this.row.id, error: String(error) });
    });
  }

  /** Reads on from the cursor until the store has nothing newer. */
  catchUp(): Promise<void> {
    this.#again = true;
    this.#catchingUp ??= this.#readOn().finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  async #readOn(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      for (;;) {
        const { resumeBytes } = this.#parts.limits;
        const entries = await this.#parts.store.entries(this.row.id, this.head.seq, READ_AT_ONCE, resumeBytes);
        if (entries.length === 0) break;
        this.#take(entries);
      }
    }
  }

  /** Tells marks that a doorbell brought. Where their counter is not the next one, the beat tells what was missed. */
  tellMarks(told: readonly MarksSignal[], moved: number | null): void {
    if (moved === this.#movesTold + 1) this.#movesTold = moved;
    this.marksTold += 1;
    this.#tellMarks(told);
  }

  /** Where the store counted more moves than were told here, tells all marks as they are now. */
  catchUpMarks(moved: number): void {
    if (moved <= this.#movesTold) return;
    this.#movesTold = moved;
    readMarks(this.#parts.store, this.row).then(
      (told) => this.#tellMarks(told),
      (error) => {
        this.doubtMarks();
        this.#parts.observer.log("warn", "marks_behind", { conversation: this.row.id, error: String(error) });
      },
    );
  }

  /** Marks may have passed somebody by: the next beat tells them again. */
  doubtMarks(): void {
    this.#movesTold = -1;
  }

  /** Makes the tail reach back to `after` by one shared read; false where that is further than a resume may go. */
  async extend(after: Seq): Promise<boolean> {
    const { resumeEntries, resumeBytes } = this.#parts.limits;
    while (this.tail.reaches > after) {
      if (this.head.seq - after > resumeEntries || this.tail.bytes > resumeBytes) return false;
      const before = this.tail.reaches;
      this.#extending ??= this.#readBack(after).finally(() => {
        this.#extending = null;
      });
      await this.#extending;
      if (this.tail.reaches >= before) return false;
    }
    return true;
  }

  async #readBack(after: Seq): Promise<void> {
    const { resumeBytes } = this.#parts.limits;
    const missing = this.tail.reaches - after;
    this.tail.prepend(await this.#parts.store.entries(this.row.id, after, missing, resumeBytes));
  }

  /** Everything after `seq`, encoded once for all who ask before the head moves on. The tail must reach back to `seq`. */
  encodedAfter(seq: Seq, codec: Codec): string | null {
    if (seq >= this.head.seq) return null;
    const id = `${codec.name}/${seq}`;
    const known = this.#shared.get(id);
    if (known !== undefined) return known;
    const encoded = codec.encode([{ t: "entries", conversation: this.row.id, entries: this.tail.after(seq) }]);
    if (this.#shared.size >= ENCODINGS_KEPT) this.#shared.clear();
    this.#shared.set(id, encoded);
    return encoded;
  }

  add(follower: Follower): void {
    const theirs = this.followers.get(follower.user.id);
    if (theirs) theirs.push(follower);
    else this.followers.set(follower.user.id, [follower]);
    this.#codecs.set(follower.codec, (this.#codecs.get(follower.codec) ?? 0) + 1);
    if (this.#hasTopic) follower.outlet.subscribe(logTopic(follower.codec, this.row.id));
  }

  remove(follower: Follower): void {
    const theirs = this.followers.get(follower.user.id);
    if (!theirs?.includes(follower)) return;
    const rest = theirs.filter((other) => other !== follower);
    if (rest.length > 0) this.followers.set(follower.user.id, rest);
    else this.followers.delete(follower.user.id);
    const count = (this.#codecs.get(follower.codec) ?? 1) - 1;
    if (count > 0) this.#codecs.set(follower.codec, count);
    else this.#codecs.delete(follower.codec);
    if (this.#hasTopic) follower.outlet.unsubscribe(logTopic(follower.codec, this.row.id));
  }

  /** Somebody inside this node listens from here on. `ended` is called once, by the result or when the room closes. */
  tap(tap: Tap, ended: () => void): () => void {
    this.#taps.set(tap, ended);
    return () => {
      if (this.#taps.delete(tap)) ended();
    };
  }

  /** Says frames to all followers. */
  tell(...frames: readonly ServerFrame[]): void {
    if (frames.length === 0) return;
    for (const codec of this.#codecs.keys()) this.#publish(codec, codec.encode(frames));
  }

  /** An inbox has few sockets, but every socket has one: a topic for each would cost more than it saves. */
  get #hasTopic(): boolean {
    return this.row.kind !== "inbox";
  }

  #publish(codec: Codec, payload: string): void {
    if (this.#hasTopic) return this.#parts.broadcast.publish(logTopic(codec, this.row.id), payload);
    for (const follower of [...this.followers.values()].flat()) {
      if (follower.codec === codec) follower.outlet.send(payload);
    }
  }

  #tellMarks(told: readonly MarksSignal[]): void {
    this.tell(...told);
    if (told.length > 0) for (const tap of [...this.#taps.keys()]) tap.told(told);
  }

  #take(entries: readonly Entry[]): void {
    let start = 0;
    entries.forEach((entry, at) => {
      if (entry.kind !== "left" && entry.kind !== "closed") return;
      this.#deliver(entries.slice(start, at + 1));
      this.#drop(entry.kind === "left" ? entry.body.user : null);
      start = at + 1;
    });
    if (start < entries.length) this.#deliver(entries.slice(start));
  }

  #deliver(entries: readonly Entry[]): void {
    this.tail.append(entries);
    this.#shared.clear();
    this.tail.trim({ entries: this.#parts.limits.resumeEntries, bytes: this.#parts.limits.resumeBytes });
    for (const entry of entries) fold(this.row, entry);
    this.tell({ t: "entries", conversation: this.row.id, entries: entries as Entry[] });
    for (const tap of [...this.#taps.keys()]) tap.heard(entries);
    this.#promote(entries);
    if (this.row.kind !== "inbox") return;
    for (const follower of [...this.followers.values()].flat()) follower.heard(entries);
  }

  #promote(entries: readonly Entry[]): void {
    for (const { kind, body } of entries) {
      if (kind !== "promoted") continue;
      for (const follower of this.followers.get(body.user) ?? []) follower.promoted(this.row.id, body.role);
    }
  }

  #drop(user: UserId | null): void {
    const leaving = user === null ? [...this.followers.values()].flat() : (this.followers.get(user) ?? []);
    for (const follower of leaving) {
      this.remove(follower);
      follower.dropped(this.row.id);
    }
    if (user === null) this.#endTaps();
  }

  #endTaps(): void {
    const ended = [...this.#taps];
    this.#taps.clear();
    for (const [tap, end] of ended) {
      end();
      tap.gone();
    }
  }
}

function fold(row: ConversationRow, entry: Entry): void {
  row.head = entry.seq;
  if (entry.kind === "joined") row.members += 1;
  else if (entry.kind === "left") row.members -= 1;
  else if (entry.kind === "message") row.messages += 1;
  else if (entry.kind === "renamed") row.name = entry.body.name;
  else if (entry.kind === "promoted" && entry.body.role === "owner") row.owner = entry.body.user;
  else if (entry.kind === "closed") row.closed = true;
}
