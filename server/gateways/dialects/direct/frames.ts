import { z } from "zod";

/** A number as old clients write it: as one, or as its digits in a string. */
const number = z.union([z.int(), z.string().regex(/^[+-]?\d{1,15}$/)]);
export const someNumber = number.nullable().optional();
/** Naive: without a zone, which is UTC. What clients send as one is not looked at. */
const timestamp = z.string();
const anyTimestamp = z.unknown().optional();
/** Exactly one of the two says whom it is for. */
const address = { recipient_id: someNumber, group_id: someNumber };

const TIME = "2026-11-20T22:02:54.071000";

/** Every frame that a client may send, by its `type`. */
export const received = {
  message: {
    about: "Says something to one person or in one group. Without a `type` a frame is this one.",
    schema: z.object({
      type: z.literal("message").optional(),
      ...address,
      message: z.string(),
      message_type: z.string().nullable().optional(),
      reply_to_id: someNumber,
      timestamp: anyTimestamp,
    }),
    examples: [
      { type: "message", recipient_id: 2, message: "Hello!", message_type: "text", timestamp: "2024-01-01T12:00:00" },
      { type: "message", group_id: 7, message: "Hello, all!", reply_to_id: 123 },
    ],
  },
  typing: {
    about: "One is writing to this person or in this group, or stopped.",
    schema: z.object({
      type: z.literal("typing"),
      ...address,
      is_typing: z.boolean().optional(),
      timestamp: anyTimestamp,
    }),
    examples: [{ type: "typing", recipient_id: 2, is_typing: true, timestamp: "2024-01-01T12:00:00" }],
  },
  read_receipt: {
    about: "One has read this message, and with it all before it in its conversation.",
    schema: z.object({
      type: z.literal("read_receipt"),
      message_id: number,
      sender_id: someNumber,
      timestamp: anyTimestamp,
    }),
    examples: [{ type: "read_receipt", message_id: 123, sender_id: 1, timestamp: "2024-01-01T12:00:00" }],
  },
  ping: {
    about: "Asks for a pong.",
    schema: z.object({ type: z.literal("ping"), timestamp: anyTimestamp }),
    examples: [{ type: "ping", timestamp: "2024-01-01T12:00:00" }],
  },
} as const;

/** Every frame that a client hears, by its `type`. */
export const sent = {
  connection_established: {
    about: "The first frame: whose connection this is.",
    schema: z.object({ type: z.literal("connection_established"), user_id: z.int(), timestamp }),
    examples: [{ type: "connection_established", user_id: 1, timestamp: TIME }],
  },
  new_message: {
    about: "What somebody else said, now or while one was away.",
    schema: z.object({
      type: z.literal("new_message"),
      message_id: z.int(),
      sender_id: z.int(),
      recipient_id: z.int().nullable(),
      group_id: z.int().nullable(),
      message: z.string(),
      message_type: z.literal("text"),
      reply_to_id: z.int().nullable(),
      timestamp,
      status: z.literal("sent"),
    }),
    examples: [
      {
        type: "new_message",
        message_id: 1,
        sender_id: 1,
        recipient_id: 2,
        group_id: null,
        message: "Hello!",
        message_type: "text",
        reply_to_id: null,
        timestamp: TIME,
        status: "sent",
      },
    ],
  },
  message_sent: {
    about: "One's own message is kept: told to every connection of its author.",
    schema: z.object({ type: z.literal("message_sent"), message_id: z.int(), timestamp }),
    examples: [{ type: "message_sent", message_id: 1, timestamp: TIME }],
  },
  message_delivered: {
    about: "One's own message reached a device of this person.",
    schema: z.object({ type: z.literal("message_delivered"), message_id: z.int(), delivered_to: z.int(), timestamp }),
    examples: [{ type: "message_delivered", message_id: 1, delivered_to: 2, timestamp: TIME }],
  },
  read_receipt: {
    about: "One's own message was read by this person.",
    schema: z.object({ type: z.literal("read_receipt"), message_id: z.int(), read_by: z.int(), timestamp }),
    examples: [{ type: "read_receipt", message_id: 1, read_by: 2, timestamp: TIME }],
  },
  typing_indicator: {
    about: "Somebody is writing, or stopped.",
    schema: z.object({
      type: z.literal("typing_indicator"),
      user_id: z.int(),
      recipient_id: z.int().nullable(),
      group_id: z.int().nullable(),
      is_typing: z.boolean(),
      timestamp,
    }),
    examples: [
      { type: "typing_indicator", user_id: 1, recipient_id: 2, group_id: null, is_typing: true, timestamp: TIME },
    ],
  },
  pong: {
    about: "The answer to a ping, on its connection alone.",
    schema: z.object({ type: z.literal("pong"), timestamp }),
    examples: [{ type: "pong", timestamp: TIME }],
  },
  error: {
    about: "Why something that this connection sent was refused. The connection stays.",
    schema: z.object({ type: z.literal("error"), message: z.string() }),
    examples: [{ type: "error", message: "User 99 does not exist." }],
  },
} as const;

/** A frame as it leaves for a client. */
export type Sent = { [T in keyof typeof sent]: z.infer<(typeof sent)[T]["schema"]> }[keyof typeof sent];
