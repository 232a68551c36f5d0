// Text in, JSON out, one room. Run with Bun, or Node 22.18 or later:
//   bun examples/messenger.ts http://localhost:8000 alice
import { given, Line, talk } from "./line.ts";

interface Frame {
  type: "system" | "message";
  username: string;
  text: string;
  timestamp: string;
}

const {
  ws,
  rest: [name = ""],
} = given("alice");

const line = new Line(`${ws}/dialects/messenger/ws/chat/${encodeURIComponent(name)}`, {
  heard: (frame) => {
    const { type, username, text, timestamp } = JSON.parse(frame) as Frame;
    const time = new Date(timestamp).toLocaleTimeString();
    console.log(type === "system" ? `${time} * ${text}` : `${time} ${username}: ${text}`);
  },
});

await talk(line, (text) => line.send(text));
