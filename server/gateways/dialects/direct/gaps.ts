import type { Gap } from "../../dialect.ts";

/** What the wire of this dialect cannot carry. */
export const gaps: readonly Gap[] = [
  {
    what: "A message that a client sends again after a lost connection is a second message.",
    why: "Its frames carry no key.",
  },
  {
    what: "Edits, deletions and names are not shown; what is deleted before it was delivered is never shown.",
    why: "The wire has no word for them.",
  },
  {
    what: "Reading one message says that all before it in its conversation were read.",
    why: "Parley keeps how far somebody has read, and not each message.",
  },
  {
    what: "What reached one device of a person is not said again to another one that connects later; GET /messages/ has it.",
    why: "The wire has no cursor, so what was delivered is known of the person alone.",
  },
  {
    what: "What a client hears just before its connection is cut may be said to it again, with the same id.",
    why: "Delivered is what a pong says was read; without one it may not have come.",
  },
  {
    what: "Receipts that come while their author is away are not told later; the status in GET /messages/ is always true.",
    why: "Nothing in the wire says which receipts a client has heard.",
  },
  {
    what: "In the home room, and in groups of more than 32, nobody is told of deliveries and of reading.",
    why: "Telling everybody of everybody would cost members times members.",
  },
  {
    what: "Who is connected is told of those who are connected by this protocol; people with Parley's own client are not among them.",
    why: "Whoever asks proves nothing, and may not know who else is here.",
  },
  {
    what: "Nobody is blocked by this protocol; whom somebody blocked elsewhere is refused here too.",
    why: "The wire has no word for it: a block is made with Parley's own client or its HTTP interface.",
  },
  {
    what: "Files (`contenidos`) are refused.",
    why: "Messages of Parley are text.",
  },
  {
    what: "Any `message_type` is told as text, and `timestamp` in what a client sends is not looked at.",
    why: "Messages of Parley are text, and time is the server's.",
  },
];
