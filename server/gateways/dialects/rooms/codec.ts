import { ChatError } from "@parley/protocol/errors";
import { isBlank } from "../../blank.ts";
import type { RoomCodec } from "../../channel.ts";
import { naive } from "../../naive.ts";
import type { Ending, RoomAsk, RoomWire } from "../../room-session.ts";

/** JSON with `type` and `content`: whoever comes is told who is here, and the others that somebody came. */
export const roomsCodec: RoomCodec = {
  name: "rooms",
  tellsOwnArrival: false,
  message: ({ id, time, text }, by) =>
    JSON.stringify({ type: "message", id, username: by, content: text, timestamp: naive(time) }),
  came: (by) => notice("join", by, "joined"),
  went: (by) => notice("leave", by, "left"),
  typing: (by) => JSON.stringify({ type: "typing", username: by }),
  welcome: (here) => JSON.stringify({ type: "users_list", users: here }),
};

/** Blank text and unknown types are ignored, as they always were. There are no error frames: a refusal ends the socket. */
export const roomsWire: RoomWire = {
  saysBlank: false,
  decode: (message) => {
    if (typeof message !== "string") throw new ChatError("binary_frame");
    const frame = parsed(message);
    const { type = "message", content = "" } = frame;
    if (type === "typing") return { is: "typing" };
    return type === "message" ? posted(content) : { is: "nothing" };
  },
  refusal: (error) => ({ end: endingOf(error) }),
  ending: (why) => (why === "gone" ? { code: 1000, reason: "Room deleted" } : { code: 1008, reason: "Removed" }),
};

function notice(type: "join" | "leave", by: string, did: string): string {
  return JSON.stringify({ type, username: by, content: `${by} ${did} the room`, timestamp: null });
}

function parsed(message: string): Record<string, unknown> {
  let frame: unknown;
  try {
    frame = JSON.parse(message);
  } catch {
    throw new ChatError("not_json");
  }
  if (typeof frame !== "object" || frame === null || Array.isArray(frame)) throw new ChatError("bad_frame");
  return frame as Record<string, unknown>;
}

function posted(content: unknown): RoomAsk {
  if (typeof content !== "string") throw new ChatError("bad_frame", "content must be text.");
  return isBlank(content) ? { is: "nothing" } : { is: "post", text: content };
}

function endingOf({ code, message }: ChatError): Ending {
  if (code === "text_too_long" || code === "too_fast") return { code: 1009, reason: message };
  if (code === "binary_frame") return { code: 1003, reason: message };
  if (code === "not_json" || code === "bad_frame" || code === "bad_request") return { code: 1007, reason: message };
  if (code === "unavailable" || code === "internal") return { code: 1013, reason: message };
  return { code: 1008, reason: message };
}
