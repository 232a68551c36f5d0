import type { Gap } from "../../dialect.ts";

/** What the wire of this dialect cannot carry. */
export const gaps: readonly Gap[] = [
  {
    what: "What was said while a client was away is not sent to its socket; it asks for the room's messages over HTTP.",
    why: "The wire has no cursor, and old clients read no history from it.",
  },
  {
    what: "A message that a client sends again after a lost connection is a second message.",
    why: "Its frames carry no key.",
  },
  {
    what: "Edits and deletions are not told as they happen; the room's messages over HTTP have them.",
    why: "The wire has no word for them, and old clients do not expect one.",
  },
  {
    what: "Who is here is told once, to whoever comes; afterwards a client hears only who came and who left.",
    why: "A list that nobody asked for would stand where old clients read the next frame.",
  },
  {
    what: "A refusal ends the socket with a code and a reason, and the client must come back.",
    why: "The wire has no error frames.",
  },
  {
    what: "How far somebody read is not told, and what a client showed counts as delivered, never as read.",
    why: "The wire has no word for marks.",
  },
  {
    what: "Private rooms are in no list; a member who proves it reaches one by its number.",
    why: "The list is the same for everybody, and most who ask prove nothing.",
  },
];
