// JSON in rooms that are made over HTTP. Run with Bun, or Node 22.18 or later:
//   bun examples/rooms.ts http://localhost:8000 alice garden
import { end, given, Line, talk } from "./line.ts";

interface Room {
  id: number;
  name: string;
}

interface Message {
  username: string;
  content: string;
}

type Frame =
  | ({ type: "message"; id: number; timestamp: string } & Message)
  | ({ type: "join" | "leave"; timestamp: null } & Message)
  | { type: "typing"; username: string }
  | { type: "users_list"; users: string[] };

const {
  http,
  ws,
  rest: [name = "", wanted = ""],
} = given("alice", "garden");
const ROOMS = `${http}/dialects/rooms/api/chat/rooms`;

async function asked<Answer>(path: string, body?: object): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(path, body && { method: "POST", headers, body: JSON.stringify(body) });
  const said: unknown = await answer.json();
  if (!answer.ok) end(`The server answered ${answer.status}: ${JSON.stringify(said)}`);
  return said as Answer;
}

/** The room of this name, made where it is not there. */
async function roomNamed(wanted: string): Promise<Room> {
  const { rooms } = await asked<{ rooms: Room[] }>(ROOMS);
  return rooms.find((room) => room.name === wanted) ?? asked<Room>(ROOMS, { name: wanted });
}

function shown(frame: Frame): string {
  if (frame.type === "users_list") return `* here: ${frame.users.join(", ")}`;
  if (frame.type === "typing") return `* ${frame.username} is writing`;
  return frame.type === "message" ? `${frame.username}: ${frame.content}` : `* ${frame.content}`;
}

const room = await roomNamed(wanted);
for (const { username, content } of await asked<Message[]>(`${ROOMS}/${room.id}/messages`)) {
  console.log(`${username}: ${content}`);
}
const line = new Line(`${ws}/dialects/rooms/ws/chat/${room.id}?username=${encodeURIComponent(name)}`, {
  heard: (frame) => console.log(shown(JSON.parse(frame) as Frame)),
});

await talk(line, (content) => line.send(JSON.stringify({ type: "message", content })));
