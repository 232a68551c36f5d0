import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, EntryId, Seq, Time } from "@parley/protocol/ids";
import { type Draft, NEW, type Outcome, type Write } from "../core/commit.ts";
import type { Logged } from "../core/rows.ts";

/** The draft as the entry that it becomes, with `opened` for NEW. */
export function placed(draft: Draft, at: { id: EntryId; seq: Seq; time: Time }, opened: ConversationId | null): Logged {
  const { author, key, kind } = draft;
  const body = draft.kind === "added" ? { conversation: known(draft.body.conversation, opened) } : draft.body;
  const entry = { id: at.id, seq: at.seq, author, key, time: at.time, kind, body } as Entry;
  return { conversation: known(draft.conversation, opened), entry };
}

/** The id of a conversation that may be the one just opened. */
export function known(conversation: ConversationId, opened: ConversationId | null): ConversationId {
  if (conversation !== NEW) return conversation;
  if (opened === null) throw new Error("A draft stands in a conversation that its write does not open.");
  return opened;
}

/** The draft that carries the client's key. */
export function firstOf(write: Write): Draft {
  const [first] = write.drafts;
  if (!first) throw new Error("A write has no draft.");
  return first;
}

/** The outcome of a write whose key was used before, for an entry with this digest. */
export function repeated(write: Write, earlier: { logged: Logged; digest: number }): Outcome {
  if (earlier.digest !== firstOf(write).digest) return { is: "reused" };
  const { entry } = earlier.logged;
  const opened = entry.kind === "added" ? entry.body.conversation : null;
  return { is: "duplicate", logged: earlier.logged, opened };
}
