import { ChatError } from "@parley/protocol/errors";
import { codePoints } from "../../../core/names.ts";
import { stripped } from "../../blank.ts";
import type { RoomCodec } from "../../channel.ts";
import type { RoomWire } from "../../room-session.ts";
import { sentenceOf } from "../../sentence.ts";

/** Code points of a message, after the white space around it is taken away. */
const MOST = 500;

/** JSON both ways: who came, who went and what was said, each with its time in seconds. */
export const broadcastCodec: RoomCodec = {
  name: "broadcast",
  tellsOwnArrival: true,
  message: ({ text, time }, by) => frame("chat_message", by, text, time),
  came: (by, time) => frame("user_joined", by, `${by} joined the chat`, time),
  went: (by, time) => frame("user_left", by, `${by} left the chat`, time),
  typing: () => null,
  welcome: () => null,
};

/** An object with a `message`; what is empty is ignored, what is refused is told to its author alone. */
export const broadcastWire: RoomWire = {
  saysBlank: false,
  decode: (message) => {
    const text = stripped(messageIn(message));
    if (text === "") return { is: "nothing" };
    if (codePoints(text) > MOST) throw new ChatError("text_too_long", `A message has at most ${MOST} characters.`);
    return { is: "post", text };
  },
  refusal: (error) => ({ say: JSON.stringify({ error: wordsFor(error) }) }),
  ending: (why) => (why === "gone" ? { code: 1001, reason: "Room deleted" } : { code: 1008, reason: "Removed" }),
};

function messageIn(data: string | Uint8Array): string {
  if (typeof data !== "string") throw new ChatError("binary_frame");
  const frame = parsed(data);
  const isObject = typeof frame === "object" && frame !== null && !Array.isArray(frame);
  const message = isObject ? (frame as { message?: unknown }).message : undefined;
  if (typeof message !== "string") throw new ChatError("bad_frame");
  return message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ChatError("not_json");
  }
}

/** The two sentences that old clients know, else what there is to say. */
function wordsFor(error: ChatError): string {
  const { code } = error;
  if (code === "text_too_long") return "Message too long";
  return code === "not_json" || code === "bad_frame" || code === "binary_frame"
    ? "Invalid message format"
    : sentenceOf(error);
}

function frame(type: string, user_name: string, message: string, time: number): string {
  return JSON.stringify({ type, user_name, message, timestamp: time / 1000 });
}
