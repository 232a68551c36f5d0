import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Seq } from "@parley/protocol/ids";
import { checkUnblocked } from "../../../core/blocks.ts";
import type { User } from "../../../core/rows.ts";
import type { Session, Socket } from "../../dialect.ts";
import type { DialectParts } from "../../foreign.ts";
import { Lane } from "../../lane.ts";
import { orTooFast } from "../../rates.ts";
import { type Ask, decode, established, pong, refusal, type To, typingIndicator } from "./codec.ts";
import type { Online } from "./online.ts";
import { Outgoing } from "./outgoing.ts";
import { Places } from "./places.ts";
import { markRead, write } from "./posting.ts";
import type { Reader } from "./seats.ts";
import type { Talk } from "./talk.ts";
import type { Talks } from "./talks.ts";

export interface DirectSessionParts extends DialectParts {
  talks: Talks;
  online: Online<DirectSession>;
  home: ConversationId | null;
}

/** What is done in its turn. */
type Turned = Exclude<Ask, { is: "ping" }>;

const BEATS_OF_SILENCE = 2;
/** How a connection ends that nobody closed. */
const ABNORMAL = 1006;
/** Milliseconds between two marks where nobody is told of them. */
const MARKS_EVERY = 5_000;

/** One socket of one person: says what is for them, and what they say in its order. */
export class DirectSession implements Session, Reader {
  readonly user: User;
  readonly #parts: DirectSessionParts;
  readonly #socket: Socket;
  readonly #places: Places;
  readonly #lane: Lane<Turned>;
  #saying: Promise<void> = Promise.resolve();
  #silence = 0;
  #isGone = false;
  readonly #outgoing: Outgoing;
  #cancelMarks: (() => void) | null = null;

  constructor(parts: DirectSessionParts, user: User, socket: Socket) {
    this.#parts = parts;
    this.user = user;
    this.#socket = socket;
    this.#outgoing = new Outgoing(socket, (conversation, seq) => this.#mark(conversation, seq));
    this.#lane = new Lane(
      parts.limits,
      (ask, placed) => this.#carryOut(ask, placed),
      (error) => this.#refuse(error),
    );
    this.#lane.open();
    this.#places = new Places({ ...parts, ended: () => this.#end(1008, "Signed out") }, this);
    this.say(established(user.id, parts.clock.now()));
    parts.online.add(user.id, this);
    void this.#places.begin();
  }

  receive(message: string | Uint8Array): void {
    this.#silence = 0;
    if (this.#isGone) return;
    try {
      this.#limit();
      const ask = decode(message);
      if (ask.is === "ping") this.say(pong(this.#parts.clock.now()));
      else this.#lane.take(ask, message.length);
    } catch (error) {
      this.#refuse(error);
    }
  }

  say(frame: string): void {
    if (!this.#isGone) this.#outgoing.say(frame);
  }

  deliver(frame: string, conversation: ConversationId, seq: Seq): void {
    if (!this.#isGone) this.#outgoing.deliver(frame, conversation, seq);
  }

  reached(conversation: ConversationId, seq: Seq, isTold: boolean): void {
    this.#outgoing.reached(conversation, seq);
    if (isTold) this.#outgoing.ask();
    else this.#cancelMarks ??= this.#parts.clock.after(MARKS_EVERY, () => this.#askLate());
  }

  inTurn(say: () => Promise<void>): Promise<void> {
    this.#saying = this.#saying.then(say).catch((error) => this.#bug(error));
    return this.#saying;
  }

  full(): Promise<void> | null {
    return this.#outgoing.full();
  }

  left(conversation: ConversationId): void {
    this.#places.left(conversation);
  }

  ponged(ping: number): void {
    this.#silence = 0;
    this.#outgoing.ponged(ping);
  }

  beat(): boolean {
    this.#silence += 1;
    if (this.#silence > BEATS_OF_SILENCE) return false;
    this.#socket.ping();
    return true;
  }

  drain(): void {
    this.#lane.stop();
  }

  bye(): void {
    this.#end(1012, "Service restart");
  }

  closed(code: number): void {
    if (!this.#isGone && code !== ABNORMAL)
      for (const [conversation, seq] of this.#outgoing.heard) this.#mark(conversation, seq);
    this.#isGone = true;
    this.#cancelMarks?.();
    this.#parts.online.remove(this.user.id, this);
    this.#places.close();
  }

  #carryOut(ask: Turned, placed: () => void): Promise<unknown> {
    switch (ask.is) {
      case "message":
        return this.#post(ask, placed);
      case "typing":
        return this.#write(ask.to, ask.active);
      case "read":
        return markRead(this.#parts, { user: this.user }, ask.message);
    }
  }

  #post(ask: Ask & { is: "message" }, placed: () => void): Promise<unknown> {
    const talk = this.#places.seated(ask.to);
    if (talk) return this.#postIn(talk, ask, placed);
    return this.#places.find(ask.to).then((found) => this.#postIn(found, ask, placed));
  }

  #postIn(talk: Talk, { text, replyTo }: Ask & { is: "message" }, placed: () => void): Promise<unknown> {
    return write(this.#parts, talk.actorOf(this), { conversation: talk.conversation, text, replyTo }, placed);
  }

  async #write(to: To, active: boolean): Promise<void> {
    const talk = await this.#places.findOpen(to);
    if ("user" in to) await checkUnblocked(this.#parts.store, this.user.id, to.user);
    if (talk) return talk.writing(this, active);
    const frame = typingIndicator(this.user.id, to, active, this.#parts.clock.now());
    if ("user" in to) for (const other of this.#parts.online.of(to.user)) other.say(frame);
  }

  #askLate(): void {
    this.#cancelMarks = null;
    this.#outgoing.ask();
  }

  /** Delivered is what the other side has read from its socket. */
  #mark(conversation: ConversationId, delivered: Seq): void {
    if (delivered <= this.#places.delivered(conversation)) return;
    const { chat, observer } = this.#parts;
    chat.run({ user: this.user }, "mark", { conversation, delivered }).catch((error) => {
      observer.log("debug", "mark_untold", { conversation, error: String(error) });
    });
  }

  #limit(): void {
    orTooFast(this.#parts.rates.command(this.#socket, this.user.id));
  }

  #refuse(error: unknown): void {
    const known = error instanceof ChatError ? error : new ChatError("internal");
    if (known !== error) this.#bug(error);
    this.say(refusal(known));
  }

  #bug(error: unknown): void {
    this.#parts.observer.log("error", "bug", { error: String(error) });
  }

  #end(code: number, reason: string): void {
    if (this.#isGone) return;
    this.#outgoing.leave();
    this.#isGone = true;
    this.#socket.end(code, reason);
  }
}
