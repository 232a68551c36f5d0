import { ChatError } from "@parley/protocol/errors";
import type { Membership } from "../core/actor.ts";
import type { Clock } from "../core/ports.ts";
import type { User } from "../core/rows.ts";
import type { Channel, Guest } from "./channel.ts";
import type { Session, Socket } from "./dialect.ts";
import { Lane } from "./lane.ts";
import { orTooFast, type Rates } from "./rates.ts";
import { calledIn } from "./who.ts";

/** What a client's frame asks for. */
export type RoomAsk = { is: "post"; text: string } | { is: "typing" } | { is: "nothing" };

/** A close with a code of the dialect's own. */
export interface Ending {
  code: number;
  reason: string;
}

/** Who is told something, as dialects call them, and when. */
export interface Told {
  name: string;
  time: number;
}

/** How one dialect is spoken by a socket in a room: pure. */
export interface RoomWire {
  readonly saysBlank: boolean;
  /** Throws ChatError where this is no frame of the dialect. */
  decode(message: string | Uint8Array): RoomAsk;
  /** What whoever sent something is told of its refusal: a frame to this socket alone, or its end. */
  refusal(error: ChatError, told: Told): { say: string } | { end: Ending };
  /** How a socket ends whose room was deleted, or whose person was removed from it. */
  ending(why: "gone" | "removed"): Ending;
}

export interface RoomSessionParts {
  wire: RoomWire;
  /** The channel, in which this guest is expected. */
  channel: Channel;
  user: User;
  membership: Membership;
  clock: Clock;
  /** Posts that wait for their commit, in bytes and in number. Beyond: `too_fast`. */
  limits: { pendingBytes: number; pendingCommands: number };
  rates: Rates;
  /** Tells a bug, which is no ChatError. */
  bug(error: unknown): void;
  /** Called once when the socket is gone. */
  closed?(): void;
}

const RESTART: Ending = { code: 1012, reason: "Service restart" };
const BEATS_OF_SILENCE = 2;

/** One socket of a room dialect: enters, posts in its order, and leaves. */
export class RoomSession implements Session, Guest {
  readonly user: User;
  readonly socket: Socket;
  isGone = false;
  readonly since: number;
  active: number;
  readonly #parts: RoomSessionParts;
  /** Texts on their way to the room. */
  readonly #lane: Lane<string>;
  #silence = 0;
  /** Ended for what was sent: nothing that came after it counts. */
  #refused = false;

  constructor(parts: RoomSessionParts, socket: Socket) {
    this.#parts = parts;
    this.socket = socket;
    this.user = parts.user;
    this.since = this.active = parts.clock.now();
    const post = (text: string, placed: () => void) =>
      this.#refused ? undefined : parts.channel.post(this, text, placed);
    this.#lane = new Lane(parts.limits, post, (error) => this.#refuse(error));
    const begin = () => this.#lane.open();
    parts.channel.enter(this, parts.membership).then(begin, begin);
  }

  get saysBlank(): boolean {
    return this.#parts.wire.saysBlank;
  }

  receive(message: string | Uint8Array): void {
    this.#silence = 0;
    if (this.isGone || this.#refused) return;
    this.active = this.#parts.clock.now();
    try {
      this.#limit();
      const asked = this.#parts.wire.decode(message);
      if (asked.is === "typing") this.#afterEntering(() => this.#parts.channel.writing(this));
      if (asked.is === "post") this.#lane.take(asked.text, message.length);
    } catch (error) {
      this.#refuse(error);
    }
  }

  ended(why: "gone" | "removed"): void {
    this.#end(this.#parts.wire.ending(why));
  }

  ponged(): void {
    this.#silence = 0;
  }

  beat(): boolean {
    this.#silence += 1;
    if (this.#silence > BEATS_OF_SILENCE) return false;
    this.socket.ping();
    return true;
  }

  drain(): void {
    this.#lane.stop();
  }

  bye(): void {
    this.#end(RESTART);
  }

  closed(): void {
    this.#parts.closed?.();
    this.isGone = true;
    this.#parts.channel.leave(this);
  }

  #afterEntering(step: () => void): void {
    this.#lane.behind(() => {
      if (!this.isGone) step();
    });
  }

  #limit(): void {
    orTooFast(this.#parts.rates.command(this.socket, this.user.id));
  }

  /** Where a refusal ends the socket, what was posted before it is said first. */
  #refuse(error: unknown): void {
    const known = error instanceof ChatError ? error : new ChatError("internal");
    if (known !== error) this.#parts.bug(error);
    if (this.isGone || this.#refused) return;
    const told = this.#parts.wire.refusal(known, { name: calledIn(this.user), time: this.#parts.clock.now() });
    if ("say" in told) return this.socket.send(told.say);
    this.#refused = true;
    const { end } = told;
    void this.#lane.atRest.then(() => this.#end(end));
  }

  #end({ code, reason }: Ending): void {
    this.socket.end(code, reason);
  }
}
