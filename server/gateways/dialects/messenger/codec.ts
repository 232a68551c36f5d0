import { ChatError } from "@parley/protocol/errors";
import type { RoomCodec } from "../../channel.ts";
import type { RoomWire } from "../../room-session.ts";
import { sentenceOf } from "../../sentence.ts";

/** Text in, JSON out: what a client says is said to all as `text`, beside who said it and when. */
export const messengerCodec: RoomCodec = {
  name: "messenger",
  tellsOwnArrival: true,
  message: ({ text, time }, by) => frame("message", by, text, time),
  came: (by, time) => frame("system", by, `${by} joined the chat`, time),
  went: (by, time) => frame("system", by, `${by} left the chat`, time),
  typing: () => null,
  welcome: () => null,
};

/** Every text frame is a message, blank ones too; refusals are told to their author alone, by the room's own voice. */
export const messengerWire: RoomWire = {
  saysBlank: true,
  decode: (message) => {
    if (typeof message !== "string") throw new ChatError("binary_frame");
    return { is: "post", text: message };
  },
  refusal: (error, { name, time }) => {
    if (error.code === "binary_frame") return { end: { code: 1011, reason: "Internal server error" } };
    return { say: frame("system", name, sentenceOf(error), time) };
  },
  // Not 1008: old clients say of that one that the name was taken.
  ending: (why) => (why === "gone" ? { code: 1001, reason: "Room deleted" } : { code: 1000, reason: "Removed" }),
};

/** `username` stands in every frame, as the format is documented; old clients take only what they know. */
function frame(type: "system" | "message", username: string, text: string, time: number): string {
  return JSON.stringify({ type, username, text, timestamp: new Date(time).toISOString() });
}
