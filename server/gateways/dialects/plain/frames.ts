import { z } from "zod";

/** What a client says. */
export const received = {
  message: {
    about: "The whole text is the message. Blank ones and binary frames are ignored.",
    schema: z.string(),
    examples: ["hello <b>"],
  },
} as const;

/** What the server says. */
export const sent = {
  system: {
    about: "Somebody came or left; or, to its author alone, why a message was refused.",
    schema: z.templateLiteral(["System: ", z.string()]),
    examples: ["System: alice has joined the chat", "System: alice has left the chat"],
  },
  message: {
    about: "What somebody said, behind their name, to everybody, its author among them.",
    schema: z.string().regex(/^.{1,64}: /su),
    examples: ["alice: hello <b>"],
  },
} as const;
