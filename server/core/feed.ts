import type { MemberRole } from "@parley/protocol/conversations";
import type { Cursor } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import type { ServerFrame } from "@parley/protocol/frames";
import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import { type Membership, ROLES } from "./actor.ts";
import type { Codec } from "./codec.ts";
import { foldInto } from "./fold-into.ts";
import type { Follower, Tap } from "./hearers.ts";
import { readMarks } from "./marks.ts";
import type { Broadcast, MarksSignal, Observer, Store } from "./ports.ts";
import type { ConversationRow } from "./rows.ts";
import { Tail } from "./tail.ts";
import { type Placed, putIn, takeOut } from "./unordered.ts";

/** One follower's place at a feed. As small as it can be: there is one for each socket and conversation. */
export interface Following extends Placed {
  readonly feed: Feed;
  readonly follower: Follower;
  /** Null for whoever is no member. */
  role: MemberRole | null;
  readonly joined: Seq;
  /** Entries after this one are told; how those before it are known is another matter. */
  readonly from: Seq;
}

/** A listener inside this node, and what ends it. */
interface Tapping {
  readonly tap: Tap;
  readonly ended: () => void;
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
const OUTSIDER = { role: null, joined: 0 };
// One for all feeds that have none: everybody's inbox is a feed.
const NO_CODECS: readonly Codec[] = [];
const NO_TAPS: readonly Tapping[] = [];

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
  /** In no order. A list and no map: those take a hundred bytes for each. */
  readonly followers: Following[] = [];
  readonly #parts: FeedParts;
  /** Those that followers had so far. */
  #codecs = NO_CODECS;
  #taps = NO_TAPS;
  #shared: Map<string, string> | null = null;
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
    return this.followers.length === 0 && this.#taps.length === 0;
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
    const known = this.#shared?.get(id);
    if (known !== undefined) return known;
    const encoded = codec.encode([{ t: "entries", conversation: this.row.id, entries: this.tail.after(seq) }]);
    if (!this.#shared || this.#shared.size >= ENCODINGS_KEPT) this.#shared = new Map();
    this.#shared.set(id, encoded);
    return encoded;
  }

  /** Whoever follows from here on hears everything after `from`. */
  add(follower: Follower, member: Membership | null, from: Seq): Following {
    const { role, joined } = member ?? OUTSIDER;
    const following = { feed: this, follower, role: role && ROLES[role], joined, from, at: 0 };
    putIn(this.followers, following);
    if (!this.#hasTopic) return following;
    const { codec, outlet } = follower;
    if (!this.#codecs.includes(codec)) this.#codecs = [...this.#codecs, codec];
    outlet.subscribe(logTopic(codec, this.row.id));
    return following;
  }

  remove(following: Following): void {
    if (!takeOut(this.followers, following)) return;
    const { codec, outlet } = following.follower;
    if (this.#hasTopic) outlet.unsubscribe(logTopic(codec, this.row.id));
  }

  /** Somebody inside this node listens from here on. `ended` is called once, by the result or when the room closes. */
  tap(tap: Tap, ended: () => void): () => void {
    const tapping = { tap, ended };
    this.#taps = [...this.#taps, tapping];
    return () => {
      if (!this.#taps.includes(tapping)) return;
      this.#taps = this.#taps.filter((other) => other !== tapping);
      ended();
    };
  }

  /** Says frames to all followers. */
  tell(...frames: readonly ServerFrame[]): void {
    if (frames.length === 0) return;
    if (!this.#hasTopic) return this.#send(frames);
    for (const codec of this.#codecs) {
      this.#parts.broadcast.publish(logTopic(codec, this.row.id), codec.encode(frames));
    }
  }

  /** An inbox has few sockets, but every socket has one: a topic for each would cost more than it saves. */
  get #hasTopic(): boolean {
    return this.row.kind !== "inbox";
  }

  #send(frames: readonly ServerFrame[]): void {
    for (const codec of new Set(this.followers.map(({ follower }) => follower.codec))) {
      const payload = codec.encode(frames);
      for (const { follower } of [...this.followers]) if (follower.codec === codec) follower.outlet.send(payload);
    }
  }

  #tellMarks(told: readonly MarksSignal[]): void {
    this.tell(...told);
    if (told.length > 0) for (const { tap } of this.#taps) tap.told(told);
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
    this.#shared = null;
    this.tail.trim({ entries: this.#parts.limits.resumeEntries, bytes: this.#parts.limits.resumeBytes });
    for (const entry of entries) foldInto(this.row, entry);
    this.tell({ t: "entries", conversation: this.row.id, entries: entries as Entry[] });
    for (const { tap } of this.#taps) tap.heard(entries);
    this.#promote(entries);
    if (this.row.kind !== "inbox") return;
    for (const { follower } of [...this.followers]) follower.heard(entries);
  }

  #promote(entries: readonly Entry[]): void {
    for (const { kind, body } of entries) {
      if (kind !== "promoted") continue;
      for (const following of this.#of(body.user)) if (following.role) following.role = body.role;
    }
  }

  #drop(user: UserId | null): void {
    for (const following of user === null ? [...this.followers] : this.#of(user)) {
      this.remove(following);
      following.follower.dropped(this.row.id);
    }
    if (user === null) this.#endTaps();
  }

  #of(user: UserId): Following[] {
    return this.followers.filter(({ follower }) => follower.user.id === user);
  }

  #endTaps(): void {
    const taps = this.#taps;
    this.#taps = NO_TAPS;
    for (const { tap, ended } of taps) {
      ended();
      tap.gone();
    }
  }
}
