import { z } from "zod";

const timestamp = z.iso.datetime({ precision: 3 });

/** What a client says. */
export const received = {
  message: {
    about: "The whole text is the message, JSON or not. Blank ones are said too.",
    schema: z.string(),
    examples: ["hello <b>&"],
  },
} as const;

/** What the server says. */
export const sent = {
  system: {
    about: "Somebody came or left; or, to its author alone, why a message was refused.",
    schema: z.strictObject({ type: z.literal("system"), username: z.string(), text: z.string(), timestamp }),
    examples: [
      { type: "system", username: "alice", text: "alice joined the chat", timestamp: "2026-11-20T22:01:59.966Z" },
      { type: "system", username: "alice", text: "alice left the chat", timestamp: "2026-11-20T22:04:11.120Z" },
    ],
  },
  message: {
    about: "What somebody said, to everybody, its author among them.",
    schema: z.strictObject({ type: z.literal("message"), username: z.string(), text: z.string(), timestamp }),
    examples: [{ type: "message", username: "alice", text: "hello <b>&", timestamp: "2026-11-20T22:02:49.511Z" }],
  },
} as const;
