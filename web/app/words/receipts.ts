import type { ConversationView } from "@parley/client/views";
import type { Result } from "@parley/protocol/commands";
import type { Time, UserId } from "@parley/protocol/ids";
import { counted, figure } from "./times.ts";

/** What the server answers about one message. */
export type Ledger = Result<"receipts">;

/** Somebody and since when; null where the time was not kept. */
export interface Since {
  user: UserId;
  time: Time | null;
}

/** Everybody once, under the farthest that a message came with them. */
export interface Standing {
  read: Since[];
  delivered: Since[];
  waiting: UserId[];
}

/** Who has a message since when: the latest first, and those without a time last. */
export function standingOf(by: NonNullable<Ledger["by"]>): Standing {
  const standing: Standing = { read: [], delivered: [], waiting: [] };
  for (const { user, delivered, read } of by) {
    if (read !== undefined) standing.read.push({ user, time: read });
    else if (delivered !== undefined) standing.delivered.push({ user, time: delivered });
    else standing.waiting.push(user);
  }
  standing.read.sort(latestFirst);
  standing.delivered.sort(latestFirst);
  return standing;
}

function latestFirst(one: Since, other: Since): number {
  return (other.time ?? Number.NEGATIVE_INFINITY) - (one.time ?? Number.NEGATIVE_INFINITY) || one.user - other.user;
}

/** How many have a message. In a room only reading is reported. */
export function countsOf({ others, delivered, read }: Ledger, kind: ConversationView["kind"]): string[] {
  if (others === 0) return ["Nobody else was here when it was written."];
  const of = `of ${counted(others, "other")}`;
  const readBy = `Read by ${figure(read)} ${of}`;
  return kind === "room" ? [readBy] : [readBy, `Delivered to ${figure(delivered)} ${of}`];
}

/** Why there are numbers and no names. */
export function whyCounts(view: Pick<ConversationView, "kind" | "marks">): string {
  if (view.kind === "room") return "In a room only the number is known.";
  return view.marks.length > 0
    ? "Who and when is told to its author."
    : "In a group of more than 32 people only the numbers are known.";
}
