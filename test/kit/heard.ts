import type { Line } from "./node.ts";

/** Makes a room; its id, once it flows. */
export async function roomBy(line: Line, name = "A room"): Promise<number> {
  const answer = await line.ask({ t: "create_room", key: crypto.randomUUID(), name });
  if (answer.t !== "ok") throw new Error(answer.message);
  const { conversation } = answer.result as { conversation: { id: number } };
  // It flows once its summary came.
  await line.until((frame) => frame.t === "conversation" && frame.conversation.id === conversation.id);
  return conversation.id;
}

/** Of everything that was refused to this line. */
export function codesOf(line: Line): string[] {
  return line.frames.flatMap((frame) => (frame.t === "error" ? [frame.code] : []));
}

/** Of all messages that this line heard. */
export function textsOf(line: Line): (string | null)[] {
  const entries = line.frames.flatMap((frame) => (frame.t === "entries" ? frame.entries : []));
  return entries.flatMap((entry) => (entry.kind === "message" ? [entry.body.text] : []));
}
