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
import { Places } from "./places.ts";
import { markRead, post } from "./posting.ts";
import type { Reader } from "./seats.ts";
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
/** Milliseconds in which a client must have read what was said, for it to count as delivered. */
const PONG = 60_000;
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
  /** What was said, and is not known to have come. */
  #said = new Map<ConversationId, Seq>();
  /** What came up to its own ping, beyond what is known to have come. */
  readonly #heard = new Map<ConversationId, Seq>();
  #isConfirming = false;
  #cancelMarks: (() => void) | null = null;

  constructor(parts: DirectSessionParts, user: User, socket: Socket) {
    this.#parts = parts;
    this.user = user;
    this.#socket = socket;
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
    if (!this.#isGone) this.#socket.send(frame);
  }

  deliver(frame: string, conversation: ConversationId, seq: Seq): void {
    // Who has read this ping and closes then has heard what stands right behind it.
    void this.#socket.alive(PONG).then((alive) => alive && this.#heard.set(conversation, seq));
    this.say(frame);
  }

  reached(conversation: ConversationId, seq: Seq, isTold: boolean): void {
    this.#said.set(conversation, seq);
    if (isTold) void this.#confirm();
    else this.#cancelMarks ??= this.#parts.clock.after(MARKS_EVERY, () => this.#confirmLate());
  }

  inTurn(say: () => Promise<void>): Promise<void> {
    this.#saying = this.#saying.then(say).catch((error) => this.#bug(error));
    return this.#saying;
  }

  drained(): Promise<void> {
    return this.#socket.drained();
  }

  left(conversation: ConversationId): void {
    this.#places.left(conversation);
  }

  ponged(): void {
    this.#silence = 0;
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
      for (const [conversation, seq] of this.#heard) this.#mark(conversation, seq);
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

  async #post({ to, text, replyTo }: Ask & { is: "message" }, placed: () => void): Promise<void> {
    const talk = await this.#places.find(to);
    const { conversation } = talk;
    const known = (id: ConversationId) => (id === conversation ? talk.placeOf(this) : undefined);
    await post(this.#parts, { user: this.user, known }, { conversation, text, replyTo }, placed);
  }

  async #write(to: To, active: boolean): Promise<void> {
    const talk = await this.#places.findOpen(to);
    if ("user" in to) await checkUnblocked(this.#parts.store, this.user.id, to.user);
    if (talk) return talk.writing(this, active);
    const frame = typingIndicator(this.user.id, to, active, this.#parts.clock.now());
    if ("user" in to) for (const other of this.#parts.online.of(to.user)) other.say(frame);
  }

  #confirmLate(): void {
    this.#cancelMarks = null;
    void this.#confirm();
  }

  /** Delivered is what the other side has read from its socket: a pong says so. */
  async #confirm(): Promise<void> {
    if (this.#isConfirming) return;
    this.#isConfirming = true;
    while (this.#said.size > 0) {
      const said = this.#said;
      this.#said = new Map();
      if (!(await this.#socket.alive(PONG))) break;
      for (const [conversation, delivered] of said) this.#confirmed(conversation, delivered);
    }
    this.#isConfirming = false;
  }

  #confirmed(conversation: ConversationId, delivered: Seq): void {
    if ((this.#heard.get(conversation) ?? 0) <= delivered) this.#heard.delete(conversation);
    this.#mark(conversation, delivered);
  }

  #mark(conversation: ConversationId, delivered: Seq): void {
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
    this.#isGone = true;
    this.#socket.end(code, reason);
  }
}
