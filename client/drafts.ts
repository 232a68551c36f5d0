import { ChatError, type ErrorCode } from "@parley/protocol/errors";
import type { ConversationId, Key, Seq, Time } from "@parley/protocol/ids";
import { wireBytes } from "./batch.ts";
import type { Command } from "./calls.ts";
import type { WireLimits } from "./views.ts";

interface Written {
  key: Key;
  conversation: ConversationId;
  time: Time;
  failed?: { code: ErrorCode; message: string };
}

/** Something that a person wrote, as it is kept until the log holds it. */
export type Draft =
  | (Written & { is: "post"; text: string; reply_to?: Seq | undefined })
  | (Written & { is: "edit"; target: Seq; text: string })
  | (Written & { is: "delete"; target: Seq });

/** The command that says it. */
export function commandOf(draft: Draft): Command {
  const { key, conversation } = draft;
  switch (draft.is) {
    case "post":
      return { t: "post", key, conversation, text: draft.text, ...replyOf(draft) };
    case "edit":
      return { t: "edit", key, conversation, target: draft.target, text: draft.text };
    case "delete":
      return { t: "delete", key, conversation, target: draft.target };
  }
}

function replyOf({ reply_to }: { reply_to?: Seq | undefined }): { reply_to?: Seq } {
  return reply_to === undefined ? {} : { reply_to };
}

/** Why the server could not even read it, if so: such a batch would be refused without saying which frame it was. */
export function tooLong(draft: Draft, limits: WireLimits): ChatError | null {
  if (draft.is === "delete") return null;
  if (draft.text.length > limits.text && Array.from(draft.text).length > limits.text) {
    return new ChatError("text_too_long", `A message has at most ${limits.text} characters.`);
  }
  const room = limits.batch_bytes - 256;
  return wireBytes(JSON.stringify(draft.text)) > room ? new ChatError("too_large") : null;
}

/** What was kept, as far as it can still be read. */
export function draftsFrom(kept: string | null): Draft[] {
  if (kept === null) return [];
  try {
    const drafts: unknown = JSON.parse(kept);
    return Array.isArray(drafts) ? drafts.filter(isDraft) : [];
  } catch {
    return [];
  }
}

/** Can this still be sent? */
export function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  const { is, key, conversation } = value as Partial<Draft>;
  return ["post", "edit", "delete"].includes(is ?? "") && typeof key === "string" && typeof conversation === "number";
}
