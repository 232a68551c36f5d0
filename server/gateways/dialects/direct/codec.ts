import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, EntryId, Time, UserId } from "@parley/protocol/ids";
import type { z } from "zod";
import { naive } from "../../naive.ts";
import { sentenceOf } from "../../sentence.ts";
import { received, type Sent } from "./frames.ts";

/** Whom something is for: one person, or a group. */
export type To = { user: UserId } | { group: ConversationId };

/** What a client's frame asks for. */
export type Ask =
  | { is: "message"; to: To; text: string; replyTo: EntryId | null }
  | { is: "typing"; to: To; active: boolean }
  | { is: "read"; message: EntryId }
  | { is: "ping" };

/** A message as it is told. */
export interface Said {
  id: EntryId;
  author: UserId;
  to: To;
  text: string;
  replyTo: EntryId | null;
  time: Time;
}

/** Pure: what a frame asks for. Throws ChatError where it is none. */
export function decode(message: string | Uint8Array): Ask {
  if (typeof message !== "string") throw new ChatError("binary_frame");
  const frame = objectIn(message);
  const type = frame.type ?? "message";
  if (type === "message") {
    const said = shaped(received.message.schema, frame);
    return { is: "message", to: addressee(said), text: said.message, replyTo: numberOr(said.reply_to_id) };
  }
  if (type === "typing") {
    const typing = shaped(received.typing.schema, frame);
    return { is: "typing", to: addressee(typing), active: typing.is_typing ?? false };
  }
  if (type === "read_receipt") {
    return { is: "read", message: Number(shaped(received.read_receipt.schema, frame).message_id) };
  }
  if (type === "ping") return { is: "ping" };
  throw new ChatError("unknown_command", "type: message, typing, read_receipt or ping is expected.");
}

export function established(user: UserId, now: Time): string {
  return encode({ type: "connection_established", user_id: user, timestamp: naive(now) });
}

export function newMessage({ id, author, to, text, replyTo, time }: Said): string {
  return encode({
    type: "new_message",
    message_id: id,
    sender_id: author,
    recipient_id: "user" in to ? to.user : null,
    group_id: "group" in to ? to.group : null,
    message: text,
    message_type: "text",
    reply_to_id: replyTo,
    timestamp: naive(time),
    status: "sent",
  });
}

export function messageSent(id: EntryId, time: Time): string {
  return encode({ type: "message_sent", message_id: id, timestamp: naive(time) });
}

export function delivered(id: EntryId, to: UserId, time: Time): string {
  return encode({ type: "message_delivered", message_id: id, delivered_to: to, timestamp: naive(time) });
}

export function readReceipt(id: EntryId, by: UserId, time: Time): string {
  return encode({ type: "read_receipt", message_id: id, read_by: by, timestamp: naive(time) });
}

export function typingIndicator(user: UserId, to: To, active: boolean, now: Time): string {
  return encode({
    type: "typing_indicator",
    user_id: user,
    ...addressOf(to),
    is_typing: active,
    timestamp: naive(now),
  });
}

export function pong(now: Time): string {
  return encode({ type: "pong", timestamp: naive(now) });
}

export function refusal(error: ChatError): string {
  return encode({ type: "error", message: sentenceOf(error) });
}

/** Pure: a number as it stands in an address: `+5`, `05` and `5` are one. Null where it is none. */
export function numberIn(text: string): UserId | null {
  if (!/^[+-]?\d+$/.test(text)) return null;
  const number = Number(text) + 0;
  return Number.isSafeInteger(number) ? number : null;
}

function addressOf(to: To): { recipient_id: UserId | null; group_id: ConversationId | null } {
  return "user" in to ? { recipient_id: to.user, group_id: null } : { recipient_id: null, group_id: to.group };
}

function encode(frame: Sent): string {
  return JSON.stringify(frame);
}

function objectIn(message: string): Record<string, unknown> {
  const value = parsed(message);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ChatError("bad_frame");
  return value as Record<string, unknown>;
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw new ChatError("not_json");
  }
}

function shaped<S extends z.ZodType>(schema: S, frame: object): z.infer<S> {
  const result = schema.safeParse(frame);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new ChatError("bad_frame", faults.slice(0, 3).join("; "));
}

interface Addressed {
  recipient_id?: number | string | null | undefined;
  group_id?: number | string | null | undefined;
}

function addressee({ recipient_id, group_id }: Addressed): To {
  const user = numberOr(recipient_id);
  const group = numberOr(group_id);
  if (user !== null && group === null) return { user };
  if (group !== null && user === null) return { group };
  throw new ChatError("bad_frame", "Exactly one of recipient_id and group_id is expected.");
}

/** Pure: a number in either spelling; null where there is none. */
export function numberOr(value: number | string | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value) + 0;
}
