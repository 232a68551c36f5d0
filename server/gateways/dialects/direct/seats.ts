import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import type { Actor } from "../../../core/actor.ts";
import type { User } from "../../../core/rows.ts";

/** One socket, as a talk sees it. */
export interface Reader {
  readonly user: User;
  say(frame: string): void;
  /** Says what stands at this seq, and notices where its client goes away on having heard it. */
  deliver(frame: string, conversation: ConversationId, seq: Seq): void;
  /** Everything up to this seq was said to it. `isTold`: others hear of it when it has come. */
  reached(conversation: ConversationId, seq: Seq, isTold: boolean): void;
  /** Where much is to be said, it is said one after the other: resolves when this was. */
  inTurn(say: () => Promise<void>): Promise<void>;
  /** Resolves once it can take more; null where it can take a little more at once. */
  full(): Promise<void> | null;
  /** The talk says nothing more to it. */
  left(conversation: ConversationId): void;
}

export interface Seat {
  /** Everything up to here was said, or is not to be said. */
  cursor: Seq;
  /** Own messages after this seq are told as sent. */
  own: Seq;
  /** Hears what comes; before that, what was missed is read. */
  isLive: boolean;
  /** What speaks of messages that are still to be said. */
  later: string[];
  /** Whoever acts here, with what they obtained; null until that is known. */
  actor: Actor | null;
  leave: () => void;
}

/** Who sits in a talk. */
export class Seats {
  readonly #seats = new Map<Reader, Seat>();

  get isEmpty(): boolean {
    return this.#seats.size === 0;
  }

  take(reader: Reader): Seat {
    const seat: Seat = { cursor: 0, own: 0, isLive: false, later: [], actor: null, leave: () => {} };
    this.#seats.get(reader)?.leave();
    this.#seats.set(reader, seat);
    return seat;
  }

  get(reader: Reader): Seat | undefined {
    return this.#seats.get(reader);
  }

  /** False where this seat was free already. */
  free(reader: Reader, seat: Seat): boolean {
    if (this.#seats.get(reader) !== seat) return false;
    this.#seats.delete(reader);
    seat.leave();
    return true;
  }

  has(user: UserId): boolean {
    return this.of(user).length > 0;
  }

  /** Those of this person, or of everybody. */
  of(user: UserId | null): [Reader, Seat][] {
    return [...this.#seats].filter(([reader]) => user === null || reader.user.id === user);
  }

  /** Says something about messages of this person to them, behind those messages. */
  tell(user: UserId, frame: string): void {
    for (const [reader, seat] of this.of(user)) {
      if (seat.isLive) reader.say(frame);
      else seat.later.push(frame);
    }
  }

  /** Those who hear what comes now. */
  live(call: (reader: Reader, seat: Seat) => void): void {
    this.#seats.forEach((seat, reader) => {
      if (seat.isLive) call(reader, seat);
    });
  }
}
