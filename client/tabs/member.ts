import type { Conversation } from "@parley/protocol/conversations";
import type { Cursor } from "@parley/protocol/cursor";
import type { ClientFrame, CommandFrame, ServerFrameOf } from "@parley/protocol/frames";
import type { ConversationId, Epoch, Seq } from "@parley/protocol/ids";

type CaughtUp = ServerFrameOf<"caught_up">;

/**
 * One tab's client as the shared line knows it: it says hello, waits until the line is up, is brought to where the
 * line is, and then hears everything that the line hears.
 */
export class Member {
  readonly id: string;
  is: "greeting" | "waiting" | "resuming" | "joining" | "live" = "greeting";
  /** Its hello, and the frames of cursors that belong to it. */
  readonly hello: ClientFrame[] = [];
  /** Commands that came before it was brought up. */
  held: CommandFrame[] = [];
  /** What is on its screen. */
  looking: readonly ConversationId[] = [];
  /** Conversations that it asked for by itself. */
  readonly reads = new Set<ConversationId>();
  /** Refused because an earlier message is missing: only a new line forgets that. */
  stalled = false;
  readonly #cursors = new Map<ConversationId, Cursor>();
  readonly #expected = new Map<ConversationId, Seq>();
  readonly #asked = new Set<ConversationId>();
  readonly #own: CaughtUp["own"] = [];
  readonly #marks: CaughtUp["marks"] = [];
  #epoch: Epoch | null = null;

  constructor(id: string) {
    this.id = id;
  }

  /** Takes a frame of its greeting. True once it is complete. */
  greet(frame: ClientFrame): boolean {
    if (frame.t !== "hello" && frame.t !== "cursors") return false;
    this.hello.push(frame);
    if (frame.t === "hello") this.#epoch = frame.epoch ?? null;
    for (const [id, seq, check] of frame.cursors ?? []) {
      this.#cursors.set(id, { seq, check });
      this.#expected.set(id, seq + 1);
      this.reads.add(id);
    }
    return !frame.more;
  }

  /** Its cursors, where they are of this history. */
  cursors(epoch: Epoch): ReadonlyMap<ConversationId, Cursor> {
    if (this.#epoch !== epoch) {
      this.#cursors.clear();
      this.#expected.clear();
    }
    return this.#cursors;
  }

  /** It is being brought up in these. */
  joins(conversations: Iterable<ConversationId>): void {
    this.is = "joining";
    for (const id of conversations) this.#asked.add(id);
  }

  /** Can it take entries that begin at `first`? Before it was brought up there, only those that follow on. */
  follows(conversation: ConversationId, first: Seq, last: Seq): boolean {
    if (this.is === "live") return true;
    if (this.is !== "joining") return this.is === "resuming";
    if (!this.#asked.has(conversation)) return true;
    const expected = this.#expected.get(conversation);
    if (expected === undefined || first > expected) return false;
    this.#expected.set(conversation, Math.max(expected, last + 1));
    return true;
  }

  /** A summary, a hole or what is hidden takes it on to `next`. */
  movesTo(conversation: ConversationId, next: Seq): void {
    if (this.is === "joining") this.#expected.set(conversation, next);
  }

  /** It was brought up in this one; null where that is not its to read. */
  broughtUp(conversation: ConversationId, summary: Conversation | null): void {
    this.#asked.delete(conversation);
    if (!summary || summary.kind === "inbox" || summary.role === null || !this.#cursors.has(conversation)) return;
    const { delivered, read, unread, mentions, head: as_of, marks } = summary;
    this.#own.push({ conversation, delivered, read, unread, mentions, as_of });
    if (marks.length > 0) this.#marks.push({ conversation, marks });
  }

  /** Null while something is still being asked for. */
  caughtUp(): CaughtUp | null {
    if (this.is !== "joining" || this.#asked.size > 0) return null;
    this.is = "live";
    this.#cursors.clear();
    this.#expected.clear();
    return { t: "caught_up", own: this.#own.splice(0), marks: this.#marks.splice(0) };
  }
}
