import { isBlank } from "../../blank.ts";
import type { RoomCodec } from "../../channel.ts";
import type { RoomWire } from "../../room-session.ts";
import { sentenceOf } from "../../sentence.ts";

/** Text both ways: whatever a client says is said to all, behind its name. */
export const plainCodec: RoomCodec = {
  name: "plain",
  tellsOwnArrival: true,
  message: ({ text }, by) => `${by}: ${text}`,
  came: (by) => system(`${by} has joined the chat`),
  went: (by) => system(`${by} has left the chat`),
  typing: () => null,
  welcome: () => null,
};

/** Blank text and binary frames are ignored, as they always were; refusals are told to their author alone. */
export const plainWire: RoomWire = {
  saysBlank: false,
  decode: (message) => {
    if (typeof message !== "string" || isBlank(message)) return { is: "nothing" };
    return { is: "post", text: message };
  },
  refusal: (error) => ({ say: system(sentenceOf(error)) }),
  ending: (why) => (why === "gone" ? { code: 1001, reason: "Room deleted" } : { code: 1008, reason: "Removed" }),
};

function system(text: string): string {
  return `System: ${text}`;
}
