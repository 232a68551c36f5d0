import { fieldsOf, type Heard, textIn, timeIn } from "../heard.ts";
import type { Speech } from "../talk.ts";

const ROOM_GONE = 4004;

function heardIn(fields: Record<string, unknown>): Heard | null {
  const [who, text] = [textIn(fields.username), textIn(fields.content)];
  switch (fields.type) {
    case "message":
      return { is: "said", by: who, text, at: timeIn(fields.timestamp), id: Number(fields.id) };
    case "users_list":
      return { is: "here", names: Array.isArray(fields.users) ? fields.users.map(textIn) : [] };
    case "join":
      return { is: "came", who, text };
    case "leave":
      return { is: "went", who, text };
    case "typing":
      return { is: "typing", who };
    default:
      return null;
  }
}

/** JSON with `type` and `content`; whoever comes is told who is here. */
export const speech: Speech = {
  roll: true,
  most: 8_000,
  typing: JSON.stringify({ type: "typing" }),
  encode: (content) => JSON.stringify({ type: "message", content }),
  decode: (frame) => {
    const fields = fieldsOf(frame);
    return fields && heardIn(fields);
  },
  forGood: (code, reason) => (code === 1000 || code === 1008 || code === ROOM_GONE ? `${reason}.` : null),
};
