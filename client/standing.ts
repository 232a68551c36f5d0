import type { Conversation, Mark } from "@parley/protocol/conversations";
import type { ServerFrameOf } from "@parley/protocol/frames";
import type { Seq, UserId } from "@parley/protocol/ids";
import type { Log } from "./log.ts";

export interface StandingTies {
  me(): UserId;
  report(log: Log, marks: { delivered?: Seq; read?: Seq; recount?: boolean }): void;
}

/** How far one is oneself in each log: takes what the server says, and tells or asks it where it says something else. */
export class Standing {
  readonly #ties: StandingTies;

  constructor(ties: StandingTies) {
    this.#ties = ties;
  }

  /** What the server says of this log once it told everything that was missed. */
  begin(log: Log, { delivered, read, unread, mentions, as_of }: ServerFrameOf<"caught_up">["own"][number]): void {
    log.moveOwn(delivered, read, this.#ties.me());
    const { summary } = log;
    // A database that lost its newest part without knowing it forgot marks, too.
    if (summary.delivered > delivered || summary.read > read) {
      this.#ties.report(log, { ...marksOf(summary), recount: true });
    }
    if (!log.count({ read, unread, mentions, asOf: as_of })) this.#ties.report(log, { recount: true });
  }

  /** Marks of this log moved, one's own on another device, or those of others. */
  moved(log: Log, marks: readonly Mark[]): void {
    const me = this.#ties.me();
    for (const mark of marks) {
      if (mark.user !== me) continue;
      if (!log.moveOwn(mark.delivered, mark.read, me)) this.#ties.report(log, { recount: true });
    }
    log.moveOthers(marks);
  }

  /** Asks for counts that are uncertain. */
  recount(log: Log): void {
    if (!log.uncertain) return;
    log.uncertain = false;
    this.#ties.report(log, { recount: true });
  }

  /** Whoever writes to one person or a few is told that it arrived; a room is not. */
  delivered(log: Log): void {
    if (log.summary.role === null) return;
    const told = log.summary.kind === "direct" || log.summary.kind === "group";
    if (told && log.heardUpTo > log.summary.delivered) this.#ties.report(log, { delivered: log.heardUpTo });
  }
}

function marksOf({ delivered, read }: Conversation): { delivered: Seq; read: Seq } {
  return { delivered, read };
}
