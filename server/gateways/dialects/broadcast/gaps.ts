import type { Gap } from "../../dialect.ts";

/** What the wire of this dialect cannot carry. */
export const gaps: readonly Gap[] = [
  {
    what: "What was said while a client was away is not shown to it; native clients have it.",
    why: "The wire has no history and no cursor.",
  },
  {
    what: "A message that a client sends again after a lost connection is a second message.",
    why: "Its frames carry no key.",
  },
  {
    what: "Edits, deletions, marks and typing are not shown.",
    why: "The wire has no word for them, and a message has no name by which one could speak of it.",
  },
  {
    what: "An acknowledged message is known only by its echo, which carries no number.",
    why: "Its frames carry who, what and when, and nothing else.",
  },
  {
    what: "A message of another way in may be longer than the 500 characters that are taken here.",
    why: "The room is shared, and a shortened message would be another one.",
  },
  {
    what: "Statistics of a room say null for the times of people who are not here by an old client, and name 500 at most.",
    why: "Such people have no connection to this room alone, and a list without end would be a burden to everybody.",
  },
];
