import type { CursorRow } from "@parley/protocol/cursor";
import type { ConversationId } from "@parley/protocol/ids";
import type { Log } from "./log.ts";

/** The logs that are held, by their conversations. */
export class Logs extends Map<ConversationId, Log> {
  put(log: Log): void {
    this.set(log.id, log);
  }

  /** Is this still the log of its conversation? */
  holds(log: Log): boolean {
    return this.get(log.id) === log;
  }

  /** Every log but the inbox. */
  shown(): Log[] {
    return [...this.values()].filter(({ summary }) => summary.kind !== "inbox");
  }

  cursors(): CursorRow[] {
    return [...this.values()].map(({ id, cursor }) => [id, cursor.seq, cursor.check]);
  }

  /** How many entries are known to be missing. */
  missing(): number {
    let entries = 0;
    for (const { head, next } of this.values()) entries += Math.max(0, head - next + 1);
    return entries;
  }
}
