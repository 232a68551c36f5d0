import type { Conversation } from "@parley/protocol/conversations";
import type { Cursor, CursorRow } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import { ChatError, ERRORS } from "@parley/protocol/errors";
import type { ServerFrame, ServerFrameOf } from "@parley/protocol/frames";
import type { ConversationId, Epoch, Seq } from "@parley/protocol/ids";
import { tellsMarks } from "@parley/protocol/marks";
import type { Actor, Membership, Place } from "./actor.ts";
import { obtain } from "./authorize.ts";
import type { Codec } from "./codec.ts";
import type { Following } from "./feed.ts";
import { type FollowParts, follow, followNow } from "./follow.ts";
import type { Follower } from "./hearers.ts";
import type { Line, Lines } from "./lines.ts";
import { marked, type OwnMark, readToHead } from "./marks.ts";
import type { Clock, Observer, Outlet } from "./ports.ts";
import type { Presence } from "./presence.ts";
import type { User } from "./rows.ts";
import { summarise } from "./summary.ts";

export interface ConnectionParts extends FollowParts {
  presence: Presence;
  lines: Lines;
  observer: Observer;
  clock: Clock;
  /** Conversations that one socket may look at, at once. */
  looks: number;
  /** Bytes that may wait for a reader before a resume pauses. */
  resumeWaiting: number;
}

type Marks = ServerFrameOf<"caught_up">["marks"][number];

/** Milliseconds before a conversation that could not be followed is tried again. */
const AGAIN = 1000;
const OWNER: Membership = { role: "member", joined: 0 };
const NONE: readonly Following[] = [];
const NOTHING: readonly ConversationId[] = [];
const DONE: Promise<unknown> = Promise.resolve();

/** One person's live line: the feeds it follows, and where it looks. Follows happen one after the other. */
export class Connection implements Follower, Actor, Line {
  /** As they are now: their inbox says when that changes. */
  user: User;
  readonly codec: Codec;
  readonly outlet: Outlet;
  readonly token: string | undefined;
  next: Line | null = null;
  readonly #parts: ConnectionParts;
  /** A list and no map: most follow a few, and each socket pays for it. */
  #followed: readonly Following[] = NONE;
  #looking = NOTHING;
  #chain = DONE;
  #closed = false;

  constructor(parts: ConnectionParts, user: User, codec: Codec, outlet: Outlet, token?: string) {
    this.#parts = parts;
    this.token = token;
    this.user = user;
    this.codec = codec;
    this.outlet = outlet;
    parts.lines.add(this);
  }

  /** What this line obtained already; the membership is guarded again in every commit. */
  known(conversation: ConversationId): Place | undefined {
    const followed = this.#find(conversation);
    return followed?.role ? { row: followed.feed.row, member: followed as Membership } : undefined;
  }

  follows(conversation: ConversationId): boolean {
    return this.#find(conversation) !== undefined;
  }

  /** Was this line told of this entry? Where it was not, it may end before it is. */
  wasTold(conversation: ConversationId, seq: Seq): boolean {
    const followed = this.#find(conversation);
    return followed !== undefined && followed.from < seq && seq <= followed.feed.head.seq;
  }

  isMember(conversation: ConversationId): boolean {
    return this.#find(conversation)?.role != null;
  }

  say(frames: readonly ServerFrame[]): void {
    this.outlet.send(this.codec.encode(frames));
  }

  /**
   * Brings the client up from its cursors: its inbox, everything it is a member of, the public rooms it read, and
   * last of all `caught_up`. Cursors of another epoch count as none.
   */
  resume(epoch: Epoch | undefined, cursors: readonly CursorRow[]): Promise<void> {
    return this.#inTurn(async () => {
      const had = new Map<ConversationId, Cursor>();
      if (epoch === this.#parts.store.epoch) for (const [id, seq, check] of cursors) had.set(id, { seq, check });
      const isNews = await this.#attachInbox(had.get(this.user.inbox) ?? null);
      // From here on the inbox tells of a token that ends; one may have ended since it was shown, but not without an entry.
      if (isNews) await this.#prove();
      const own: OwnMark[] = [];
      const marks: Marks[] = [];
      for (const place of await this.#parts.store.memberships(this.user.id)) {
        const { row, member } = place;
        const cursor = had.get(row.id) ?? null;
        had.delete(row.id);
        const attached = this.#attachNow(cursor, place) || (await this.#attachOrGone(row.id, cursor, place));
        if (!attached || !cursor) continue;
        const told = tellsMarks(row) ? await this.#parts.store.marks(row.id) : [];
        if (told.length > 0) marks.push({ conversation: row.id, marks: told });
        // Read after the feed was joined, where the feed tells marks: what moved before is in them, what moves now is told.
        const mark = told.find(({ user }) => user === this.user.id) ?? member;
        own.push(mark.read < row.head ? await marked(this.#parts.store, row.id, mark) : readToHead(row, mark));
      }
      had.delete(this.user.inbox);
      for (const [id, cursor] of had) await this.#attachOrGone(id, cursor);
      await this.#room();
      if (!this.#closed) this.say([{ t: "caught_up", own, marks }]);
    });
  }

  /** Follows a conversation from a cursor; again from there where it was followed already. */
  follow(conversation: ConversationId, cursor: Cursor | null): Promise<Conversation> {
    return this.#inTurn(async () => {
      await this.#attach(conversation, cursor);
      const summary = await summarise(this.#parts.store, conversation, this.user.id);
      if (!summary) throw new ChatError("gone");
      return summary;
    });
  }

  unfollow(conversation: ConversationId): void {
    const followed = this.#find(conversation);
    if (!followed) return;
    followed.feed.remove(followed);
    this.#forget(conversation, true);
  }

  /** Hears of presence and typing in these conversations and in no others. */
  async look(conversations: readonly ConversationId[]): Promise<void> {
    if (conversations.length > this.#parts.looks) throw new ChatError("too_many");
    for (const id of conversations) if (!this.follows(id)) await obtain(this.#parts.store, this, id);
    if (this.#closed) return;
    const wanted = new Set(conversations.filter((id) => this.follows(id)));
    for (const id of this.#looking) if (!wanted.has(id)) this.#parts.presence.lookAway(this, id);
    for (const id of wanted) if (!this.#looking.includes(id)) this.#parts.presence.look(this, id);
    this.#looking = [...wanted];
  }

  followed(following: Following): void {
    const { feed, role } = following;
    if (this.#closed) return feed.remove(following);
    this.#followed = [...this.#followed, following];
    if (role && feed.row.kind !== "inbox") this.#parts.presence.came(feed, this.user.id);
  }

  dropped(conversation: ConversationId): void {
    this.#forget(conversation, false);
    // Nobody is without an inbox. The answer to the command that closed it leaves first.
    if (conversation === this.user.inbox) this.#parts.clock.turn(() => this.outlet.close("signed_out"));
    // Whoever was added again meanwhile may have been told so before this feed came to the end of the old membership.
    else this.#bring(conversation);
  }

  /** A conversation that this person was added to begins to flow by itself, on every device. */
  heard(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.kind === "profiled") this.user = { ...this.user, ...entry.body.person };
      if (entry.kind === "signed_out") this.#proveAgain();
      if (entry.kind === "added") this.#bring(entry.body.conversation);
    }
  }

  closed(): void {
    this.#closed = true;
    this.#parts.lines.remove(this);
    for (const id of this.#looking) this.#parts.presence.lookAway(this, id);
    this.#looking = NOTHING;
    for (const { feed } of this.#followed) this.unfollow(feed.row.id);
  }

  /** A token of this person ended: was it this line's? The answer to the command that ended it leaves first. */
  #proveAgain(): void {
    this.#parts.clock.turn(() => {
      this.#prove().catch(() => this.#parts.clock.after(AGAIN, () => this.#proveAgain()));
    });
  }

  /** Ends this line where its token ended. */
  async #prove(): Promise<void> {
    if (this.#closed || this.token === undefined) return;
    if (!(await this.#parts.store.hasToken(this.user.id, this.token))) this.outlet.close("signed_out");
  }

  /** Follows what this person is a member of now; where the store does not answer, again a little later. */
  #bring(conversation: ConversationId): void {
    this.#inTurn(() => this.#bringNow(conversation)).catch((error) => {
      if (this.#closed || (error instanceof ChatError && !ERRORS[error.code].retry)) return;
      this.#parts.observer.log("debug", "not_followed", { conversation, error: String(error) });
      this.#parts.clock.after(AGAIN, () => this.#bring(conversation));
    });
  }

  /** Begins anew also where a public room was read before: what this client still holds of it only the client knows. */
  async #bringNow(conversation: ConversationId): Promise<void> {
    if (this.#closed || this.isMember(conversation)) return;
    const { member } = await obtain(this.#parts.store, { user: this.user }, conversation);
    if (member) await this.#attach(conversation, null);
  }

  async #attachOrGone(conversation: ConversationId, cursor: Cursor | null, known?: Place): Promise<boolean> {
    try {
      await this.#attach(conversation, cursor, known);
      return true;
    } catch (error) {
      if (!(error instanceof ChatError) || (error.code !== "not_found" && error.code !== "gone")) throw error;
      this.say([{ t: "gone", conversation }]);
      return false;
    }
  }

  /**
   * Nobody but its owner is in an inbox: where it is opened for them, its row as it was just read is all there is to ask.
   * False where nothing came since this cursor.
   */
  async #attachInbox(cursor: Cursor | null): Promise<boolean> {
    const { feeds } = this.#parts;
    const { inbox } = this.user;
    const feed = feeds.has(inbox) ? null : await feeds.open(inbox);
    const place = feed && !feed.row.closed ? { row: feed.row, member: OWNER } : undefined;
    try {
      if (place && this.#attachNow(cursor, place)) return false;
      await this.#attach(inbox, cursor, place);
      return true;
    } finally {
      if (feed) feeds.release(feed);
    }
  }

  /** Follows at once where nothing was missed; false where anything has to be asked or said first. */
  #attachNow(cursor: Cursor | null, place: Place): boolean {
    if (this.#closed || !cursor || this.follows(place.row.id)) return false;
    return followNow(this.#parts, this, cursor, place);
  }

  async #attach(conversation: ConversationId, cursor: Cursor | null, known?: Place): Promise<void> {
    if (this.#closed) return;
    await this.#room();
    this.unfollow(conversation);
    const inbox = this.#find(this.user.inbox)?.feed;
    const told = inbox?.marksTold;
    await follow(this.#parts, this, conversation, cursor, known);
    // Own marks that came while the client did not hold this conversation yet may be newer than its summary.
    if (inbox?.marksTold !== told) inbox?.doubtMarks();
  }

  /** What is said next would not cut a slow reader. */
  async #room(): Promise<void> {
    if (this.outlet.waiting() > this.#parts.resumeWaiting) await this.outlet.drained();
  }

  #forget(conversation: ConversationId, lingers: boolean): void {
    const followed = this.#find(conversation);
    if (!followed) return;
    this.#followed = this.#followed.filter((other) => other !== followed);
    if (this.#looking.includes(conversation)) {
      this.#looking = this.#looking.filter((id) => id !== conversation);
      this.#parts.presence.lookAway(this, conversation);
    }
    if (followed.role && followed.feed.row.kind !== "inbox") {
      this.#parts.presence.went(followed.feed, this.user.id, lingers);
    }
    this.#parts.feeds.release(followed.feed);
  }

  #find(conversation: ConversationId): Following | undefined {
    return this.#followed.find(({ feed }) => feed.row.id === conversation);
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#chain.then(task);
    const settled: Promise<unknown> = result
      .catch(() => {})
      .finally(() => {
        if (this.#chain === settled) this.#chain = DONE;
      });
    this.#chain = settled;
    return result;
  }
}
