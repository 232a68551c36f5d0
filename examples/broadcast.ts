// JSON both ways, one room. Run with Bun, or Node 22.18 or later:
//   bun examples/broadcast.ts http://localhost:8000 alice
import { given, Line, talk } from "./line.ts";

type Frame =
  | { type: "user_joined" | "user_left" | "chat_message"; user_name: string; message: string; timestamp: number }
  | { error: string };

const {
  http,
  ws,
  rest: [name = ""],
} = given("alice");

const line = new Line(`${ws}/dialects/broadcast/ws/${encodeURIComponent(name)}`, {
  opened: () => void whoIsHere(),
  heard: (text) => {
    const frame = JSON.parse(text) as Frame;
    if ("error" in frame) return console.log(`! ${frame.error}`);
    const time = new Date(frame.timestamp * 1000).toLocaleTimeString();
    console.log(
      frame.type === "chat_message" ? `${time} ${frame.user_name}: ${frame.message}` : `${time} * ${frame.message}`,
    );
  },
});

/** No frame tells it; the figures of the room do. */
async function whoIsHere(): Promise<void> {
  const answer = await fetch(`${http}/dialects/broadcast/room/main/stats`);
  const { users } = (await answer.json()) as { users: { user_name: string }[] };
  console.log(`* here: ${users.map((user) => user.user_name).join(", ")}`);
}

await talk(line, (message) => line.send(JSON.stringify({ message })));
