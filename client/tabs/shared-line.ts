import type { Cursor } from "@parley/protocol/cursor";
import { ERRORS } from "@parley/protocol/errors";
import type { ClientFrame, CommandFrame, ServerFrame, ServerFrameOf } from "@parley/protocol/frames";
import type { ConversationId } from "@parley/protocol/ids";
import type { ClientClock } from "../client.ts";
import type { Conversation, Person } from "../views.ts";
import { type Asked, AskedOnLine } from "./asked.ts";
import type { Member } from "./member.ts";
import { Stream } from "./stream.ts";

type Answer = ServerFrameOf<"ok"> | ServerFrameOf<"error">;

/** Before a follow that was refused for now is asked again. */
const AGAIN = 1000;
/** Conversations that one socket may look at. */
const LOOKS = 100;

export interface SharedLineParts {
  members: ReadonlyMap<string, Member>;
  clock: ClientClock;
  send(frame: ClientFrame): void;
  say(members: string[], frame: ServerFrame): void;
}

/** One life of the shared socket: whom each frame of the server concerns, and what each member's command becomes. */
export class SharedLine {
  readonly #parts: SharedLineParts;
  readonly #stream = new Stream();
  readonly #asked = new AskedOnLine();
  /** Where the others stood when one member was taken over a hole. */
  readonly #torn = new Map<ConversationId, Cursor>();
  #looked: ReadonlySet<ConversationId> = new Set();
  #lookDue = false;
  #caughtUp = false;
  #isOver = false;

  constructor(parts: SharedLineParts) {
    this.#parts = parts;
  }

  get welcomed(): boolean {
    return this.#stream.welcome !== null;
  }

  get beat(): number {
    return this.#stream.welcome?.beat ?? Number.POSITIVE_INFINITY;
  }

  over(): void {
    this.#isOver = true;
  }

  /** Somebody left: what they looked at concerns nobody else. */
  left(): void {
    this.#lookSoon();
  }

  receive(frame: ServerFrame): void {
    if (frame.t === "conversation") return this.#introduce(frame);
    if (frame.t === "entries") this.#bringAdded(frame);
    this.#stream.hear(frame);
    switch (frame.t) {
      case "welcome":
        return this.#welcome(frame);
      case "caught_up":
        return this.#up(frame);
      case "ok":
      case "error":
        return this.#answer(frame);
      case "entries":
        return this.#entries(frame);
      case "resync":
        return this.#resync(frame);
      case "beat":
        this.#parts.send({ t: "beat" });
        return this.#parts.say(this.#ids(["resuming", "live"]), frame);
      case "bye":
        return this.#parts.say([...this.#parts.members.keys()], frame);
      case "hidden":
        return this.#hidden(frame);
    }
    this.#parts.say(this.#ids(["resuming", "joining", "live"]), frame);
  }

  /** Brings a member to where the line is, from its own cursors. Waits until the line is up. */
  bringUp(member: Member): void {
    const { welcome } = this.#stream;
    if (!this.#caughtUp || !welcome) return;
    this.#parts.say([member.id], welcome);
    const cursors = member.cursors(welcome.epoch);
    const conversations = new Set([...this.#stream.cursors.keys(), ...cursors.keys()]);
    member.joins(conversations);
    for (const conversation of conversations) this.#follow(member, conversation, cursors.get(conversation));
    this.#settle(member);
  }

  command(member: Member, frame: CommandFrame): void {
    if (frame.t === "look") return this.#looks(member, frame);
    if (frame.t === "follow") member.reads.add(frame.conversation);
    if (frame.t === "unfollow") {
      member.reads.delete(frame.conversation);
      const others = [...this.#parts.members.values()].some(({ reads }) => reads.has(frame.conversation));
      if (others) return this.#parts.say([member.id], { t: "ok", id: frame.id, result: {} });
    }
    this.#ask({ member: member.id, frame, joins: false });
  }

  #welcome(frame: ServerFrameOf<"welcome">): void {
    const first = [...this.#parts.members.values()].find(({ is }) => is === "resuming");
    this.#stream.begin(frame, first?.cursors(frame.epoch) ?? new Map());
    if (first) this.#parts.say([first.id], frame);
  }

  #up(frame: ServerFrameOf<"caught_up">): void {
    this.#caughtUp = true;
    for (const member of [...this.#parts.members.values()]) {
      if (member.is === "waiting") this.bringUp(member);
      if (member.is !== "resuming") continue;
      this.#parts.say([member.id], frame);
      member.is = "live";
      this.#goOn(member);
    }
  }

  #entries(frame: ServerFrameOf<"entries">): void {
    const { conversation, entries } = frame;
    const [first, last] = [entries[0], entries.at(-1)];
    if (!first || !last) return;
    for (const { author, key } of entries) {
      const writer = author === this.#stream.welcome?.you.id ? this.#asked.echoed(key)?.member : null;
      const member = writer ? this.#parts.members.get(writer) : undefined;
      if (member) member.stalled = false;
    }
    const hearing = [...this.#parts.members.values()].filter((one) => one.follows(conversation, first.seq, last.seq));
    this.#parts.say(
      hearing.map(({ id }) => id),
      frame,
    );
  }

  /**
   * The server tells of a conversation that one was added to only where the line does not follow it. Where it does,
   * for one member who was reading along, the others still have to hear of it.
   */
  #bringAdded({ conversation: inbox, entries }: ServerFrameOf<"entries">): void {
    const heard = this.#stream.cursors.get(inbox)?.seq ?? -1;
    for (const { kind, seq, body } of this.#caughtUp ? entries : []) {
      if (kind !== "added" || seq <= heard) continue;
      const { conversation } = body;
      const followed = this.#stream.cursors.has(conversation) || this.#asked.following(conversation);
      if (followed) this.#ask({ member: null, frame: { t: "follow", id: 0, conversation }, joins: false });
    }
  }

  /** A summary is for whoever asked for it, and for everybody where it tells of something that is new to the line. */
  #introduce(frame: ServerFrameOf<"conversation">): void {
    const { id, head, role } = frame.conversation;
    const member = this.#following(id);
    const forAll = this.#asked.following(id)?.member === null;
    const news = forAll || (head > (this.#stream.cursors.get(id)?.seq ?? -1) && (role !== null || !member));
    this.#stream.hear(frame);
    member?.movesTo(id, head + 1);
    const others = this.#ids(["resuming", member ? "live" : "joining", "live"]);
    this.#parts.say([...new Set([...(news ? others : []), ...(member ? [member.id] : [])])], frame);
  }

  #hidden(frame: ServerFrameOf<"hidden">): void {
    const member = this.#following(frame.conversation);
    member?.movesTo(frame.conversation, frame.to + 1);
    this.#parts.say(member ? [member.id] : this.#ids(["resuming", "live"]), frame);
  }

  /** For whom the server says now how a conversation goes on from their cursor. */
  #following(conversation: ConversationId): Member | undefined {
    const member = this.#asked.following(conversation)?.member;
    return member ? this.#parts.members.get(member) : undefined;
  }

  /** A hole is that of the member who is being brought up; everybody else goes on where they were. */
  #resync(frame: ServerFrameOf<"resync">): void {
    const { conversation, from } = frame;
    const member = this.#following(conversation);
    const was = this.#stream.cursors.get(conversation);
    this.#stream.skip(frame);
    if (!member) return this.#parts.say(this.#ids(["resuming", "live"]), frame);
    if (was && from - 1 > was.seq) this.#torn.set(conversation, was);
    member.movesTo(conversation, from);
    this.#parts.say([member.id], frame);
  }

  #answer(frame: Answer): void {
    // Without a number it is about a hello, or about something that the line itself said.
    if (frame.id === undefined) return this.#parts.say(this.#ids(["resuming", "live"]), frame);
    const asked = this.#asked.answered(frame.id);
    if (!asked) return;
    this.#learn(asked, frame);
    const member = asked.member === null ? undefined : this.#parts.members.get(asked.member);
    if (!member) return;
    if (asked.joins) return this.#broughtUp(member, asked, frame);
    if (frame.t === "error" && frame.code === "out_of_order") member.stalled = true;
    else if ("key" in asked.frame) member.stalled = false;
    this.#parts.say([member.id], { ...frame, id: asked.frame.id });
  }

  #learn({ frame }: Asked, answer: Answer): void {
    if (frame.t === "follow") this.#followed(frame.conversation);
    if (answer.t === "ok" && frame.t === "update_profile") {
      this.#stream.renamed((answer.result as { person: Person }).person);
    }
  }

  /** A conversation that is followed anew is not looked at any more, and others may have been left behind in it. */
  #followed(conversation: ConversationId): void {
    if (this.#looked.has(conversation)) {
      this.#looked = new Set();
      this.#lookSoon();
    }
    const cursor = this.#torn.get(conversation);
    if (!cursor) return;
    this.#torn.delete(conversation);
    this.#ask({ member: null, frame: { t: "follow", id: 0, conversation, ...cursor }, joins: false });
  }

  #broughtUp(member: Member, { frame }: Asked, answer: Answer): void {
    if (frame.t !== "follow") return;
    const { conversation } = frame;
    if (answer.t === "ok")
      member.broughtUp(conversation, (answer.result as { conversation: Conversation }).conversation);
    else if (ERRORS[answer.code]?.retry) return this.#followLater(member, frame, answer.retry_after);
    else {
      this.#parts.say([member.id], { t: "gone", conversation });
      member.broughtUp(conversation, null);
    }
    this.#settle(member);
  }

  #followLater(member: Member, frame: CommandFrame, after = AGAIN): void {
    this.#parts.clock.after(after, () => {
      const current = this.#parts.members.get(member.id) === member && member.is === "joining";
      if (current && !this.#isOver) this.#ask({ member: member.id, frame, joins: true });
    });
  }

  #settle(member: Member): void {
    const caughtUp = member.caughtUp();
    if (!caughtUp) return;
    this.#parts.say([member.id], caughtUp);
    this.#goOn(member);
  }

  #goOn(member: Member): void {
    for (const frame of member.held.splice(0)) this.command(member, frame);
  }

  #follow(member: Member, conversation: ConversationId, cursor: Cursor | undefined): void {
    const frame = { t: "follow" as const, id: 0, conversation, ...cursor };
    this.#ask({ member: member.id, frame, joins: true });
  }

  #ask(asked: Asked): void {
    this.#parts.send(this.#asked.add(asked));
  }

  #looks(member: Member, frame: Extract<CommandFrame, { t: "look" }>): void {
    const before = new Set(member.looking);
    member.looking = frame.conversations;
    this.#parts.say([member.id], { t: "ok", id: frame.id, result: {} });
    for (const id of frame.conversations) {
      if (!before.has(id)) for (const here of this.#stream.here(id)) this.#parts.say([member.id], here);
    }
    this.#lookSoon();
  }

  #lookSoon(): void {
    if (this.#lookDue) return;
    this.#lookDue = true;
    queueMicrotask(() => {
      this.#lookDue = false;
      if (!this.#isOver && this.#caughtUp) this.#look();
    });
  }

  /** Looks at everything that anybody has on the screen, as far as the line follows it: others would be refused. */
  #look(): void {
    const all = [...this.#parts.members.values()].flatMap(({ looking }) => looking);
    const wanted = new Set(all.filter((id) => this.#stream.cursors.has(id)).slice(0, LOOKS));
    if (wanted.size === this.#looked.size && [...wanted].every((id) => this.#looked.has(id))) return;
    this.#looked = wanted;
    this.#stream.keepHere(wanted);
    this.#ask({ member: null, frame: { t: "look", id: 0, conversations: [...wanted] }, joins: false });
  }

  #ids(states: Member["is"][]): string[] {
    return [...this.#parts.members.values()].filter(({ is }) => states.includes(is)).map(({ id }) => id);
  }
}
