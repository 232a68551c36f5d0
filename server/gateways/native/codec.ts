import { ChatError } from "@parley/protocol/errors";
import { type ClientFrame, type CommandFrame, clientFrames, commandId } from "@parley/protocol/frames";
import type { Codec } from "../../core/codec.ts";

/** Dialect zero: every message either way is a JSON array of frames. */
export const nativeCodec: Codec = {
  name: "native",
  encode: (frames) => JSON.stringify(frames),
};

/** Takes a message apart. Throws `not_json` or `bad_frame`; what the frames say is not looked at yet. */
export function decodeBatch(text: string): unknown[] {
  let batch: unknown;
  try {
    batch = JSON.parse(text);
  } catch {
    throw new ChatError("not_json");
  }
  if (!Array.isArray(batch)) throw new ChatError("bad_frame", "A message is an array of frames.");
  return batch;
}

/** One frame in its shape. Throws `bad_frame`, `unknown_command` or `bad_request` with the field that is wrong. */
export function decodeFrame(frame: unknown): ClientFrame {
  if (typeof frame !== "object" || frame === null || !("t" in frame) || typeof frame.t !== "string") {
    throw new ChatError("bad_frame", "A frame is an object with a text t.");
  }
  if (isPlainPost(frame)) return frame;
  const schema = Object.hasOwn(clientFrames, frame.t) ? clientFrames[frame.t] : undefined;
  if (!schema) throw new ChatError("unknown_command", `There is no command ${JSON.stringify(frame.t.slice(0, 40))}.`);
  const parsed = schema.safeParse(frame);
  if (parsed.success) return parsed.data as ClientFrame;
  const [issue] = parsed.error.issues;
  throw new ChatError("bad_request", issue ? `${issue.path.join(".") || "frame"}: ${issue.message}` : undefined);
}

/** Is it, without any doubt, what the schema takes for a post? Most frames are, and the schema takes ten times as long. */
function isPlainPost(frame: object): frame is CommandFrame & { t: "post" } {
  const { t, id, key, conversation, text, reply_to } = frame as Record<string, unknown>;
  return (
    t === "post" &&
    typeof key === "string" &&
    typeof text === "string" &&
    isWhole(id) &&
    isWhole(conversation) &&
    conversation > 0 &&
    reply_to === undefined
  );
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The number under which an answer to this frame is expected, where it has one. */
export function idOf(frame: unknown): number | undefined {
  if (typeof frame !== "object" || frame === null || !("id" in frame)) return undefined;
  const id = commandId.safeParse(frame.id);
  return id.success ? id.data : undefined;
}
