import type { Mark } from "@parley/protocol/conversations";
import { ChatError } from "@parley/protocol/errors";
import type { EntryId, Seq, Time, UserId } from "@parley/protocol/ids";
import type { User } from "../../../core/rows.ts";
import { delivered, readReceipt } from "./codec.ts";
import type { TalkParts } from "./parts.ts";
import type { Seats } from "./seats.ts";
import type { Written } from "./written.ts";

/** Everything after one seq and up to another reached somebody, or was read by them. */
interface Step {
  is: "delivered" | "read";
  user: UserId;
  after: Seq;
  to: Seq;
}

/** Of a mark that passes more entries at once, the authors of the oldest are not told. */
const RECEIPTS = 1_000;

/** Tells those in a talk how far their messages have come, when somebody's marks move. */
export class Receipts {
  readonly #parts: Pick<TalkParts, "chat" | "clock">;
  readonly #seats: Seats;
  readonly #written: Written;
  readonly #marks = new Map<UserId, Pick<Mark, "delivered" | "read">>();

  constructor(parts: Pick<TalkParts, "chat" | "clock">, seats: Seats, written: Written) {
    this.#parts = parts;
    this.#seats = seats;
    this.#written = written;
  }

  /** Where somebody is, of whom nothing needs to be told. */
  begin(mark: Mark): void {
    this.#stepsOf(mark);
  }

  /** How far what was said is known to have come to this person. */
  delivered(user: UserId): Seq {
    return this.#marks.get(user)?.delivered ?? 0;
  }

  /** What is to be done about a mark that was told, one after the other. */
  moved(mark: Mark & { time?: Time | undefined }): (() => void | Promise<void>)[] {
    return this.#stepsOf(mark).map((step) => () => this.#tell(step, mark.time ?? this.#parts.clock.now()));
  }

  /** Nothing follows from the first mark that is heard of somebody. */
  #stepsOf({ user, ...mark }: Mark): Step[] {
    const was = this.#marks.get(user);
    const now = { delivered: Math.max(was?.delivered ?? 0, mark.delivered), read: Math.max(was?.read ?? 0, mark.read) };
    this.#marks.set(user, now);
    if (!was) return [];
    const kinds = ["delivered", "read"] as const;
    return kinds.map((is) => ({ is, user, after: was[is], to: now[is] })).filter(({ after, to }) => to > after);
  }

  #tell(step: Step, time: Time): void | Promise<void> {
    const tellNewer = () => {
      const messages = this.#written.between(step.after, step.to);
      for (const { id, author } of messages) {
        if (author === step.user) continue;
        this.#seats.tell(author, receiptOf(step, id, time));
      }
    };
    return step.after < this.#written.since ? this.#tellOlder(step, time).then(tellNewer) : tellNewer();
  }

  async #tellOlder(step: Step, time: Time): Promise<void> {
    const to = Math.min(step.to, this.#written.since);
    const after = Math.max(step.after, to - RECEIPTS);
    const authors = new Map(this.#seats.of(null).map(([{ user }]) => [user.id, user]));
    authors.delete(step.user);
    for (const author of authors.values()) {
      const own = await this.#ownBetween(author, after, to);
      for (const id of own) this.#seats.tell(author.id, receiptOf(step, id, time));
    }
  }

  async #ownBetween(user: User, after: Seq, to: Seq): Promise<EntryId[]> {
    const { chat } = this.#parts;
    const conversation = this.#written.conversation;
    const own: EntryId[] = [];
    for (let at = after; at < to; ) {
      const page = await chat.run({ user }, "history", { conversation, after: at }).catch(nothing);
      if (!page || page.to <= at) break;
      for (const item of page.items) {
        if (item.kind === "message" && item.author === user.id && item.seq <= to) own.push(item.id);
      }
      at = page.to;
    }
    return own;
  }
}

function receiptOf({ is, user }: Step, id: EntryId, time: Time): string {
  return is === "read" ? readReceipt(id, user, time) : delivered(id, user, time);
}

/** Whoever may not read any more has no receipts to hear of. */
function nothing(error: unknown): null {
  if (error instanceof ChatError) return null;
  throw error;
}
