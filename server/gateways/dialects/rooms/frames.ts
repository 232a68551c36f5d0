import { z } from "zod";

const username = z.string();
const at = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
const notice = (type: "join" | "leave") =>
  z.strictObject({ type: z.literal(type), username, content: z.string(), timestamp: z.null() });

/** What a client says. Other types are ignored, and so is blank text. */
export const received = {
  message: {
    about: "Says something to everybody in the room, as it stands. Without a `type` a frame is this one.",
    schema: z.looseObject({ type: z.literal("message").optional(), content: z.string() }),
    examples: [{ type: "message", content: "Hello, world!" }, { content: "Hello, world!" }],
  },
  typing: {
    about: "Somebody is writing.",
    schema: z.looseObject({ type: z.literal("typing") }),
    examples: [{ type: "typing" }],
  },
} as const;

/** What the server says. */
export const sent = {
  users_list: {
    about: "The first frame, to whoever comes: who is here, themselves among them, as often as they are.",
    schema: z.strictObject({ type: z.literal("users_list"), users: z.array(z.string()) }),
    examples: [{ type: "users_list", users: ["alice", "bob"] }],
  },
  join: {
    about: "Somebody else came.",
    schema: notice("join"),
    examples: [{ type: "join", username: "bob", content: "bob joined the room", timestamp: null }],
  },
  message: {
    about: "What somebody said, to everybody, its author among them. The time is in UTC.",
    schema: z.strictObject({
      type: z.literal("message"),
      id: z.int(),
      username,
      content: z.string(),
      timestamp: at,
    }),
    examples: [
      { type: "message", id: 7, username: "alice", content: "hi <b>", timestamp: "2026-11-20T22:02:49.511000" },
    ],
  },
  typing: {
    about: "Somebody else is writing.",
    schema: z.strictObject({ type: z.literal("typing"), username }),
    examples: [{ type: "typing", username: "alice" }],
  },
  leave: {
    about: "Somebody left.",
    schema: notice("leave"),
    examples: [{ type: "leave", username: "bob", content: "bob left the room", timestamp: null }],
  },
} as const;
