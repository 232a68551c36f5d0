import { begin } from "../begin.ts";
import { enterHome } from "../home.ts";
import type { Speech } from "../talk.ts";

const CAME = /^System: (.*) has joined the chat$/s;
const WENT = /^System: (.*) has left the chat$/s;
const NOTE = "System: ";

/** Text both ways: a frame is `name: text`, and the server speaks as `System`. */
const speech: Speech = {
  roll: false,
  most: 8_000,
  encode: (text) => text,
  decode: (frame) => {
    const came = CAME.exec(frame)?.[1];
    if (came !== undefined) return { is: "came", who: came, text: `${came} came` };
    const went = WENT.exec(frame)?.[1];
    if (went !== undefined) return { is: "went", who: went, text: `${went} left` };
    if (frame.startsWith(NOTE)) return { is: "note", text: frame.slice(NOTE.length) };
    const colon = frame.indexOf(": ");
    return { is: "said", by: frame.slice(0, colon), text: frame.slice(colon + 2) };
  },
  forGood: (code, reason) => (code === 1008 ? `${reason}.` : null),
};

begin((place) =>
  enterHome(place, {
    most: 64,
    speech,
    path: (name) => `/dialects/plain/ws/${encodeURIComponent(name)}`,
  }),
);
