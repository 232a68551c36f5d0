import { type Said, textIn, timeIn } from "../heard.ts";

const ROOMS = "/dialects/rooms/api/chat/rooms";

export interface Room {
  id: number;
  name: string;
}

/** All rooms, the newest first. */
export async function rooms(): Promise<Room[]> {
  const { rooms } = (await asked("GET", ROOMS)) as { rooms: Room[] };
  return rooms;
}

export async function makeRoom(name: string): Promise<Room> {
  return (await asked("POST", ROOMS, { name })) as Room;
}

export async function deleteRoom({ id }: Room): Promise<void> {
  await asked("DELETE", `${ROOMS}/${id}`);
}

/** Everything that was said in a room, the oldest first. */
export async function earlier({ id }: Room): Promise<Said[]> {
  const messages = (await asked("GET", `${ROOMS}/${id}/messages`)) as Record<string, unknown>[];
  return messages.map((message) => ({
    by: textIn(message.username),
    text: textIn(message.content),
    at: timeIn(message.timestamp),
    id: Number(message.id),
  }));
}

/** Throws an error with the server's sentence. */
async function asked(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  if (answer.status === 204) return null;
  const said: unknown = await answer.json().catch(() => null);
  if (answer.ok) return said;
  throw new Error(sentenceIn(said) || `The server answered ${answer.status}.`);
}

function sentenceIn(said: unknown): string {
  const detail = (said as { detail?: unknown } | null)?.detail;
  const [first] = Array.isArray(detail) ? (detail as { msg?: unknown }[]) : [];
  return first ? textIn(first.msg) : textIn(detail);
}
