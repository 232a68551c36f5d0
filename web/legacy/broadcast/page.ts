import { begin } from "../begin.ts";
import { fieldsOf, type Heard, textIn } from "../heard.ts";
import { enterHome } from "../home.ts";
import type { Roll } from "../roll.ts";
import type { Speech } from "../talk.ts";

/** Who is here stands in no frame; the room's figures name them. */
const FIGURES = "/dialects/broadcast/room/main/stats";

function heardIn(fields: Record<string, unknown>): Heard | null {
  const [who, text] = [textIn(fields.user_name), textIn(fields.message)];
  if (fields.type === "chat_message") return { is: "said", by: who, text, at: Number(fields.timestamp) * 1000 };
  if (fields.type === "user_joined") return { is: "came", who, text };
  if (fields.type === "user_left") return { is: "went", who, text };
  return typeof fields.error === "string" ? { is: "note", text: fields.error } : null;
}

/** JSON both ways: `message` in; `type`, `user_name`, `message` and `timestamp` in seconds out. */
const speech: Speech = {
  roll: true,
  most: 500,
  encode: (message) => JSON.stringify({ message }),
  decode: (frame) => {
    const fields = fieldsOf(frame);
    return fields && heardIn(fields);
  },
  forGood: (code, reason) => (code === 1008 ? `${reason}.` : null),
};

let newest = 0;

/** The answer to the newest question counts: an earlier one may come after it. */
async function refresh(roll: Roll): Promise<void> {
  newest += 1;
  const mine = newest;
  const answer = await fetch(FIGURES);
  if (!answer.ok || mine !== newest) return;
  const { users } = (await answer.json()) as { users: { user_name: string }[] };
  roll.set(users.map((user) => user.user_name));
}

begin((place) =>
  enterHome(place, {
    most: 20,
    speech,
    path: (name) => `/dialects/broadcast/ws/${encodeURIComponent(name)}`,
    // Whoever came or went is on the list already; the figures know those who were here before.
    moved: (roll) => void refresh(roll).catch(() => {}),
  }),
);
