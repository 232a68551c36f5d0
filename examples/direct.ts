// JSON between people who are numbers. Run with Bun, or Node 22.18 or later:
//   bun examples/direct.ts http://localhost:8000 1 2
// Each line that is typed is said to user 2. What comes is shown and confirmed as read, and you see how far your own
// messages have come. A number that is somebody's needs their token behind the two.
import { given, Line, talk } from "./line.ts";

interface Frame {
  type: string;
  message_id?: number;
  sender_id?: number;
  group_id?: number | null;
  user_id?: number;
  is_typing?: boolean;
  message?: string;
}

const {
  ws,
  rest: [me = "", other = "", token = ""],
} = given("1", "2", "");

const line = new Line(`${ws}/dialects/direct/ws/${me}${token && `?token=${encodeURIComponent(token)}`}`, {
  heard: (text) => hear(JSON.parse(text) as Frame),
});

function send(frame: object): void {
  line.send(JSON.stringify({ ...frame, timestamp: new Date().toISOString() }));
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

await talk(line, (message) => send({ type: "message", recipient_id: Number(other), message, message_type: "text" }));
