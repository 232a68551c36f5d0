import type { Entry, EntryOf } from "@parley/protocol/entries";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import { tellsMarks } from "@parley/protocol/marks";
import type { Message } from "@parley/protocol/messages";
import type { Signal } from "@parley/protocol/signals";
import type { Actor, Membership, Place } from "../../../core/actor.ts";
import type { Tap } from "../../../core/hearers.ts";
import type { MarksSignal } from "../../../core/ports.ts";
import type { Watcher } from "../../../core/presence.ts";
import type { ConversationRow } from "../../../core/rows.ts";
import type { Tapped } from "../../../core/tap.ts";
import { messageSent, newMessage, type Said, type To, typingIndicator } from "./codec.ts";
import { InOrder } from "./in-order.ts";
import { missed } from "./missed.ts";
import type { TalkParts } from "./parts.ts";
import { Receipts } from "./receipts.ts";
import { type Reader, type Seat, Seats } from "./seats.ts";
import { Written } from "./written.ts";

type MovedMark = Extract<Signal, { t: "marks" }>["marks"][number];

/**
 * A direct, a group or the home room, as the sockets of this dialect hear it on this node. Whoever enters is said first
 * what did not reach them yet; after that each message is encoded once for all.
 */
export class Talk implements Tap, Watcher {
  readonly conversation: ConversationId;
  readonly #parts: TalkParts;
  readonly #ended: () => void;
  readonly #order: InOrder;
  readonly #seats = new Seats();
  #written: Written;
  #receipts: Receipts;
  /** The two of a direct. */
  #pair: readonly UserId[] = [];
  #tapped: Tapped | null = null;
  #head: Seq = 0;
  #early: MovedMark[] = [];
  #expected = 0;
  #unwatch: () => void = () => {};

  /** `ended` is called once nobody is here any more. */
  constructor(parts: TalkParts, conversation: ConversationId, ended: () => void) {
    this.#parts = parts;
    this.conversation = conversation;
    this.#ended = ended;
    this.#written = new Written(parts.store, conversation, 0);
    this.#receipts = new Receipts(parts, this.#seats, this.#written);
    this.#order = new InOrder((error) => parts.observer.log("warn", "talk_behind", { error: String(error) }));
  }

  /** Begins to hear. Throws `not_found` or `gone`. */
  async open(): Promise<void> {
    const { chat, store } = this.#parts;
    this.#tapped = await chat.tap(this.conversation, this);
    this.#head = this.#tapped.from;
    this.#written = new Written(store, this.conversation, this.#head);
    this.#receipts = new Receipts(this.#parts, this.#seats, this.#written);
    this.#unwatch = chat.presence.watch(this.conversation, this);
    const marks = tellsMarks(this.row) ? await store.marks(this.conversation).catch((error) => this.#fail(error)) : [];
    for (const mark of marks) this.#receipts.begin(mark);
    if (this.row.kind === "direct") this.#pair = marks.map(({ user }) => user);
  }

  get row(): ConversationRow {
    return (this.#tapped as Tapped).row;
  }

  /** The other one of a direct; where one talks with oneself, oneself. Null elsewhere. */
  partnerOf(user: UserId): UserId | null {
    return this.row.kind === "direct" ? (this.#pair.find((other) => other !== user) ?? user) : null;
  }

  /** Somebody is about to enter: the talk stays until they did, or `forgo` is called. */
  expect(): void {
    this.#expected += 1;
  }

  forgo(): void {
    this.#expected -= 1;
    this.#endWhereEmpty();
  }

  /**
   * Resolves when this reader, who was expected, has a seat; what they missed is said after that.
   * `isNew`: they were added just now, perhaps by another socket of theirs, whose messages they hear of too. Throws
   * `not_member`.
   */
  async enter(reader: Reader, isNew: boolean): Promise<void> {
    const seat = this.#seats.take(reader);
    this.forgo();
    try {
      // Only now: the seat of whoever is removed after this read is freed by what is heard.
      const member = await this.#parts.store.member(this.conversation, reader.user.id);
      if (!member || this.#seats.get(reader) !== seat) throw new ChatError("not_member");
      seat.actor = this.#actorAt(reader, seat, member);
      seat.own = isNew ? 0 : this.#head;
      seat.cursor = this.row.kind === "room" ? this.#head : member.delivered;
      seat.leave = this.#parts.chat.presence.enter(this.conversation, reader.user.id);
      void this.#bringUp(reader, seat);
    } catch (error) {
      this.#free(reader, seat);
      throw error;
    }
  }

  leave(reader: Reader): void {
    const seat = this.#seats.get(reader);
    if (seat) this.#free(reader, seat);
  }

  /** Does this reader sit here? */
  seats(reader: Reader): boolean {
    return this.#seats.get(reader) !== undefined;
  }

  /** As whom this reader acts here, with what they obtained. */
  actorOf(reader: Reader): Actor {
    return this.#seats.get(reader)?.actor ?? { user: reader.user, saysBlank: true };
  }

  /** How far what was said is known to have come to this reader's person, by whatever device. */
  delivered({ user }: Reader): Seq {
    return this.#receipts.delivered(user.id);
  }

  /** This reader's person is writing, or stopped. */
  writing({ user }: Reader, active: boolean): void {
    this.#tellTyping(user.id, active);
    this.#parts.chat.presence.typing(this.conversation, user.id, active, this);
  }

  heard(entries: readonly Entry[]): void {
    this.#order.do(() => {
      const replies = entries.flatMap(({ kind, body }) => (kind === "message" ? (body.reply_to ?? []) : []));
      const learning = this.#written.learn(replies);
      if (learning) return learning.then(() => this.#takeAll(entries));
      return this.#takeAll(entries);
    });
  }

  told(signals: readonly MarksSignal[]): void {
    this.#order.do(() => this.#takeMarks(signals.flatMap(({ marks }) => marks)));
  }

  gone(): void {
    this.#remove(null);
  }

  came(): void {}
  went(): void {}

  typing(user: UserId): void {
    this.#tellTyping(user, true);
  }

  /** Clients of this dialect say themselves that they stopped. */
  stopped(user: UserId): void {
    if (!this.#seats.has(user)) this.#tellTyping(user, false);
  }

  /** Says what this reader missed, page by page as they take it, until they can hear what comes. */
  async #bringUp(reader: Reader, seat: Seat): Promise<void> {
    const from = seat.cursor;
    while (this.#seats.get(reader) === seat && seat.cursor < this.#head) {
      await reader.inTurn(() => this.#sayMissed(reader, seat));
    }
    if (this.#seats.get(reader) !== seat) return;
    seat.isLive = true;
    for (const frame of seat.later.splice(0)) reader.say(frame);
    if (seat.cursor > from) this.#reached(reader, seat, true);
  }

  async #sayMissed(reader: Reader, seat: Seat): Promise<void> {
    const page = await missed(this.#parts, reader, this.conversation, seat.cursor);
    if (!page) return this.#dismiss(reader, seat);
    await this.#written.learn(page.messages.map(({ reply_to }) => reply_to));
    for (const message of page.messages) {
      const full = reader.full();
      if (full) await full;
      this.#sayOne(reader, seat, message);
    }
    seat.cursor = page.to;
  }

  #sayOne(reader: Reader, seat: Seat, { id, seq, author, time, text, reply_to }: Message): void {
    if (text === null) return;
    if (author !== reader.user.id) this.#deliver(reader, this.#encoded({ id, author, time, text }, reply_to), seq);
    else if (seq > seat.own) reader.say(messageSent(id, time));
  }

  #takeAll(entries: readonly Entry[]): void {
    for (const entry of entries) this.#take(entry);
    const authors = entries.filter(({ kind }) => kind === "message").map(({ author }) => author);
    // Nobody waits to hear that somebody's own messages came to them.
    this.#seats.live((reader, seat) =>
      this.#reached(
        reader,
        seat,
        authors.some((author) => author !== reader.user.id),
      ),
    );
    this.#takeMarks(this.#early.splice(0));
  }

  /** Marks may come before the entries that they speak of: then they wait for them. */
  #takeMarks(marks: readonly MovedMark[]): void {
    for (const mark of marks) {
      if (Math.max(mark.delivered, mark.read) > this.#head) this.#early.push(mark);
      else for (const step of this.#receipts.moved(mark)) this.#order.do(step);
    }
  }

  #take(entry: Entry): void {
    const { seq } = entry;
    if (entry.kind === "message") this.#tell(entry);
    else if (entry.kind === "joined") this.#receipts.begin({ user: entry.body.user, delivered: seq, read: seq });
    else if (entry.kind === "left") this.#remove(entry.body.user);
    this.#head = seq;
    this.#seats.live((_, seat) => {
      seat.cursor = Math.max(seat.cursor, seq);
    });
  }

  #tell({ id, seq, author, time, body: { text, reply_to } }: EntryOf<"message">): void {
    this.#written.add({ id, seq, author });
    if (text === null) return;
    const frame = this.#encoded({ id, author, time, text }, reply_to);
    const confirmation = messageSent(id, time);
    this.#seats.live((reader, { cursor }) => {
      if (cursor >= seq) return;
      if (reader.user.id === author) reader.say(confirmation);
      else this.#deliver(reader, frame, seq);
    });
  }

  #actorAt(reader: Reader, seat: Seat, member: Membership): Actor {
    const place: Place = { row: this.row, member };
    const known = (id: ConversationId) =>
      id === this.conversation && this.#seats.get(reader) === seat ? place : undefined;
    return { user: reader.user, known, saysBlank: true };
  }

  #deliver(reader: Reader, frame: string, seq: Seq): void {
    if (tellsMarks(this.row)) reader.deliver(frame, this.conversation, seq);
    else reader.say(frame);
  }

  #encoded({ id, author, time, text }: Omit<Said, "to" | "replyTo">, replyTo: Seq | undefined): string {
    const to = this.#addressFor(author);
    return newMessage({ id, author, time, text, to, replyTo: this.#written.answered(replyTo) });
  }

  #addressFor(author: UserId): To {
    const user = this.partnerOf(author);
    return user === null ? { group: this.conversation } : { user };
  }

  #tellTyping(user: UserId, active: boolean): void {
    const frame = typingIndicator(user, this.#addressFor(user), active, this.#parts.clock.now());
    for (const [reader] of this.#seats.of(null)) if (reader.user.id !== user) reader.say(frame);
  }

  #reached(reader: Reader, { cursor }: Seat, isAwaited: boolean): void {
    reader.reached(this.conversation, cursor, isAwaited && tellsMarks(this.row));
  }

  /** Ends the seats of somebody who is no member any more, or everybody's. */
  #remove(user: UserId | null): void {
    for (const [reader, seat] of this.#seats.of(user)) this.#dismiss(reader, seat);
  }

  #dismiss(reader: Reader, seat: Seat): void {
    if (this.#free(reader, seat)) reader.left(this.conversation);
  }

  #free(reader: Reader, seat: Seat): boolean {
    const freed = this.#seats.free(reader, seat);
    if (freed) this.#endWhereEmpty();
    return freed;
  }

  #endWhereEmpty(): void {
    if (!this.#seats.isEmpty || this.#expected > 0) return;
    this.#close();
    this.#ended();
  }

  #close(): void {
    this.#tapped?.untap();
    this.#unwatch();
  }

  #fail(error: unknown): never {
    this.#close();
    throw error;
  }
}
