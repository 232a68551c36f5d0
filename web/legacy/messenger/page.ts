import { begin } from "../begin.ts";
import { fieldsOf, textIn, timeIn } from "../heard.ts";
import { enterHome } from "../home.ts";
import type { Speech } from "../talk.ts";

/** Text in, JSON out: `system` or `message`, with `username`, `text` and `timestamp`. */
const speech: Speech = {
  roll: false,
  most: 8_000,
  encode: (text) => text,
  decode: (frame) => {
    const fields = fieldsOf(frame);
    if (!fields) return null;
    const text = textIn(fields.text);
    if (fields.type === "system") return { is: "note", text };
    return { is: "said", by: textIn(fields.username), text, at: timeIn(fields.timestamp) };
  },
  forGood: (code, reason) => (code === 1008 || code === 1000 ? `${reason}.` : null),
};

begin((place) =>
  enterHome(place, {
    most: 64,
    speech,
    path: (name) => `/dialects/messenger/ws/chat/${encodeURIComponent(name)}`,
  }),
);
