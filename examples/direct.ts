/**
 * Talks to one person, by the protocol `direct`: you are a number, and so are they.
 *
 *   npx bun examples/direct.ts http://localhost:8000 1 2
 *
 * Each line that is typed is said to user 2. What comes is shown and confirmed as read, and you see how far your own
 * messages have come. When the line is lost, it is tried again after 1 s, 2 s, 4 s … up to half a minute.
 */
import { createInterface } from "node:readline";

const [address = "http://localhost:8000", me = "1", other = "2", token] = process.argv.slice(2);
const url = `${address.replace(/^http/, "ws")}/ws/${me}${token ? `?token=${encodeURIComponent(token)}` : ""}`;

interface Frame {
  type: string;
  message_id?: number;
  sender_id?: number;
  group_id?: number | null;
  user_id?: number;
  is_typing?: boolean;
  message?: string;
}

const waiting: string[] = [];
let socket: WebSocket | null = null;
let attempts = 0;

function connect(): void {
  const line = new WebSocket(url);
  line.onopen = () => {
    attempts = 0;
    socket = line;
    for (const text of waiting.splice(0)) say(text);
  };
  line.onmessage = ({ data }) => hear(JSON.parse(String(data)));
  line.onclose = ({ code }) => {
    socket = null;
    if (code === 1000 || code === 1008) process.exit(code === 1000 ? 0 : 1);
    if (attempts === 0) console.log("(no line; trying again)");
    setTimeout(connect, Math.min(30_000, 1_000 * 2 ** attempts++));
  };
}

function send(frame: object): void {
  socket?.send(JSON.stringify({ ...frame, timestamp: new Date().toISOString() }));
}

function say(text: string): void {
  if (!socket) waiting.push(text);
  else send({ type: "message", recipient_id: Number(other), message: text, message_type: "text" });
}

function hear(frame: Frame): void {
  switch (frame.type) {
    case "connection_established":
      return console.log(`You are user ${frame.user_id}.`);
    case "new_message":
      console.log(`${frame.sender_id}${frame.group_id ? ` in group ${frame.group_id}` : ""}: ${frame.message}`);
      return send({ type: "read_receipt", message_id: frame.message_id, sender_id: frame.sender_id });
    case "message_sent":
      return console.log(`(${frame.message_id} sent)`);
    case "message_delivered":
      return console.log(`(${frame.message_id} delivered)`);
    case "read_receipt":
      return console.log(`(${frame.message_id} read)`);
    case "typing_indicator":
      return frame.is_typing ? console.log(`(${frame.user_id} is writing)`) : undefined;
    case "error":
      return console.log(`Refused: ${frame.message}`);
  }
}

connect();
const lines = createInterface({ input: process.stdin });
lines.on("line", say);
lines.on("close", () => socket?.close(1000));
