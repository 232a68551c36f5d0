import type { ConversationId, EntryId, UserId } from "@parley/protocol/ids";
import { z } from "zod";
import type { Table } from "../../documents/wire.ts";
import { numberOr, type To } from "./codec.ts";
import { someNumber } from "./frames.ts";

const digits = z.string().regex(/^[+-]?\d{1,15}$/, "must be a whole number");
const nullable = z.int().nullable();
const someText = z.string().nullable().optional();

/** Messages of one answer, and the farthest that one may begin behind the newest. */
const MOST = 1_000;
const FARTHEST = 100_000;

const bodyFields = z.object({
  emisor_id: someNumber,
  sender_id: someNumber,
  receptor_id: someNumber,
  recipient_id: someNumber,
  grupo_id: someNumber,
  group_id: someNumber,
  reply_to_id: someNumber,
  texto: someText,
  message: someText,
  message_type: someText,
  estado_envio: z.unknown().optional(),
  estado_lectura: z.unknown().optional(),
  /** Files; Parley keeps text. */
  contenidos: z.array(z.unknown()).max(0, "Only text can be kept.").nullable().optional(),
});
type NewMessage = z.infer<typeof bodyFields>;

/** What `POST /messages/` takes: every key in the spelling of the old server, or in that of its socket. */
export const newMessage = bodyFields
  .refine((body) => senderOf(body) !== null, { path: ["emisor_id"], message: "Field required" })
  .refine((body) => (recipientOf(body) === null) !== (groupOf(body) === null), {
    path: ["receptor_id"],
    message: "Exactly one of a recipient and a group is expected.",
  });

function senderOf({ emisor_id, sender_id }: NewMessage): UserId | null {
  return numberOr(emisor_id ?? sender_id);
}

function recipientOf({ receptor_id, recipient_id }: NewMessage): UserId | null {
  return numberOr(receptor_id ?? recipient_id);
}

function groupOf({ grupo_id, group_id }: NewMessage): ConversationId | null {
  return numberOr(grupo_id ?? group_id);
}

/** Pure: what such a body says, whichever spelling it has. */
export function understood(body: NewMessage): { sender: UserId; to: To; text: string; replyTo: EntryId | null } {
  const user = recipientOf(body);
  return {
    sender: senderOf(body) as UserId,
    to: user === null ? { group: groupOf(body) as ConversationId } : { user },
    text: body.texto ?? body.message ?? "",
    replyTo: numberOr(body.reply_to_id),
  };
}

export const listQuery = z.object({
  user1_id: digits.optional(),
  user2_id: digits.optional(),
  group_id: digits.optional(),
  limit: upTo(MOST).optional(),
  offset: upTo(FARTHEST).optional(),
});
export const readQuery = z.object({ user_id: digits });

/** A message as it is answered, in both spellings. */
export const messageShown = z.object({
  id: z.int(),
  emisor_id: z.int(),
  receptor_id: nullable,
  grupo_id: nullable,
  reply_to_id: nullable,
  estado_envio: z.enum(["enviado", "entregado"]),
  estado_lectura: z.enum(["no_leído", "leído"]),
  fecha_envio: z.string(),
  texto: z.string(),
  reacciones: z.array(z.never()),
  message_id: z.int(),
  sender_id: z.int(),
  recipient_id: nullable,
  group_id: nullable,
  message: z.string(),
  message_type: z.literal("text"),
  timestamp: z.string(),
  status: z.enum(["sent", "delivered", "read"]),
});
export type MessageShown = z.infer<typeof messageShown>;

/** A conversation with its newest message. */
export const conversationShown = z.discriminatedUnion("type", [
  z.object({ type: z.literal("direct"), user_id: z.int(), last_message: messageShown, unread_count: z.int() }),
  z.object({ type: z.literal("group"), group_id: z.int(), last_message: messageShown, unread_count: z.int() }),
]);
export type ConversationShown = z.infer<typeof conversationShown>;

const MESSAGE: MessageShown = {
  id: 1,
  emisor_id: 1,
  receptor_id: 2,
  grupo_id: null,
  reply_to_id: null,
  estado_envio: "enviado",
  estado_lectura: "no_leído",
  fecha_envio: "2026-11-20T22:02:54.071000",
  texto: "Hello!",
  reacciones: [],
  message_id: 1,
  sender_id: 1,
  recipient_id: 2,
  group_id: null,
  message: "Hello!",
  message_type: "text",
  timestamp: "2026-11-20T22:02:54.071000",
  status: "sent",
};

/** What this dialect answers over HTTP, for the documents. */
export const directTable: Table = {
  name: "direct",
  operations: {
    create_message: {
      method: "POST",
      path: "/messages/",
      about: "Says something to a person or in a group. A sender whom not anybody may be needs a token.",
      open: true,
      body: newMessage,
      result: messageShown,
      status: 201,
    },
    list_messages: {
      method: "GET",
      path: "/messages/",
      about: "What two people said to each other, or what was said in a group, the newest first.",
      open: true,
      query: listQuery,
      result: z.array(messageShown),
    },
    mark_message_as_read: {
      method: "PUT",
      path: "/messages/{message_id}/read",
      about: "This person has read this message, and with it all before it in its conversation.",
      open: true,
      params: z.object({ message_id: digits }),
      query: readQuery,
      result: z.object({ status: z.literal("success"), message: z.string() }),
    },
    list_conversations: {
      method: "GET",
      path: "/messages/conversations/{user_id}",
      about: "Each conversation of this person in which something was said, with its newest message, the newest first.",
      open: true,
      params: z.object({ user_id: digits }),
      result: z.array(conversationShown),
    },
    online_users: {
      method: "GET",
      path: "/ws/online-users",
      about: "The numbers of those who are connected by this protocol, in the order of their first connections.",
      open: true,
      result: z.object({ online_users: z.array(z.int()) }),
    },
  },
  refusal: { schema: z.object({ detail: z.union([z.string(), z.array(z.unknown())]) }), type: "application/json" },
  examples: {
    create_message: { body: { sender_id: 1, recipient_id: 2, message: "Hello!" }, status: 201, answer: MESSAGE },
    list_messages: { query: { user1_id: "1", user2_id: "2" }, status: 200, answer: [MESSAGE] },
    mark_message_as_read: {
      params: { message_id: "1" },
      query: { user_id: "2" },
      status: 200,
      answer: { status: "success", message: "Message marked as read" },
    },
    list_conversations: {
      params: { user_id: "1" },
      status: 200,
      answer: [{ type: "direct", user_id: 2, last_message: MESSAGE, unread_count: 0 }],
    },
    online_users: { status: 200, answer: { online_users: [1, 2] } },
  },
};

function upTo(most: number): z.ZodString {
  const isAllowed = (text: string) => Number(text) >= 0 && Number(text) <= most;
  return digits.refine(isAllowed, `must be 0 to ${most}`);
}
