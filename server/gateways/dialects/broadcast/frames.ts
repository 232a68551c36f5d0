import { z } from "zod";

const said = { user_name: z.string(), message: z.string(), timestamp: z.number() };

/** What a client says. */
export const received = {
  message: {
    about: "The message, at most 500 characters without the white space around it. Other keys are ignored.",
    schema: z.looseObject({ message: z.string() }),
    examples: [{ message: "hi <b>" }],
  },
} as const;

/** What the server says. */
export const sent = {
  user_joined: {
    about: "Somebody came, to everybody, themselves among them.",
    schema: z.strictObject({ type: z.literal("user_joined"), ...said }),
    examples: [
      { type: "user_joined", user_name: "alice", message: "alice joined the chat", timestamp: 1_795_212_123.59 },
    ],
  },
  chat_message: {
    about: "What somebody said, to everybody, its author among them.",
    schema: z.strictObject({ type: z.literal("chat_message"), ...said }),
    examples: [{ type: "chat_message", user_name: "alice", message: "hi <b>", timestamp: 1_795_212_124.05 }],
  },
  user_left: {
    about: "Somebody left, to everybody who is still here.",
    schema: z.strictObject({ type: z.literal("user_left"), ...said }),
    examples: [{ type: "user_left", user_name: "alice", message: "alice left the chat", timestamp: 1_795_212_125.11 }],
  },
  error: {
    about: "Why a message was refused, to its author alone.",
    schema: z.strictObject({ error: z.string() }),
    examples: [{ error: "Message too long" }, { error: "Invalid message format" }],
  },
} as const;
