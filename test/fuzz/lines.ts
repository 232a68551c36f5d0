import { commands } from "@parley/protocol/commands";
import type { ServerFrame } from "@parley/protocol/frames";
import { clientFrames, serverFrame } from "@parley/protocol/frames";
import fc from "fast-check";
import { treesOf } from "./shapes.ts";
import { hostile, type Mutation, mutated, mutation, type Tree } from "./trees.ts";

/** One message of a client: its text, or bytes in a binary frame. */
export type Said = { tree: Tree } | { text: string } | { bytes: Uint8Array<ArrayBuffer> };

/** Commands after which nobody is there any more. */
export const ENDING: readonly string[] = ["delete_account", "sign_out"];

const frames = Object.entries(clientFrames).map(([name, schema]) => ({
  // Talk is what happens most, and a line ends only once.
  weight: ENDING.includes(name) ? 1 : name === "post" || name === "history" ? 20 : 10,
  arbitrary: treesOf(schema),
}));

const batches: fc.Arbitrary<Tree> = fc
  .tuple(fc.array(fc.oneof(...frames), { minLength: 1, maxLength: 4 }), fc.array(mutation, { maxLength: 3 }))
  .map(([list, mutations]: [Tree[], Mutation[]]) => mutated({ list }, mutations));

/** Every frame of the protocol, whole and mutilated; JSON that is none of it; text and bytes that are no JSON. */
export const messages: fc.Arbitrary<Said> = fc.oneof(
  { weight: 16, arbitrary: batches.map((tree) => ({ tree })) },
  { weight: 1, arbitrary: hostile.map((tree) => ({ tree })) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }).map((text) => ({ text })) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ bytes: new Uint8Array(bytes) })) },
);

/** How a message must be answered: so many answers in all, so many of them refusals at least. */
export interface Due {
  answers: number;
  refusals: number;
}

/** Pure: what is due for this text once a line is live. Only what has the shape of a command may be carried out. */
export function dueFor(text: string, mostBytes: number): Due {
  const one = { answers: 1, refusals: 1 };
  if (Buffer.byteLength(text) > mostBytes) return one;
  let batch: unknown;
  try {
    batch = JSON.parse(text);
  } catch {
    return one;
  }
  if (!Array.isArray(batch)) return one;
  const answered = batch.filter((frame) => nameOf(frame) !== "beat");
  return { answers: answered.length, refusals: answered.filter((frame) => !isCommand(nameOf(frame))).length };
}

/** The `t` of a frame whose whole shape is right. */
function nameOf(frame: unknown): string | null {
  const t = (frame as { t?: unknown } | null)?.t;
  if (typeof t !== "string" || !Object.hasOwn(clientFrames, t)) return null;
  return clientFrames[t]?.safeParse(frame).success ? t : null;
}

function isCommand(name: string | null): boolean {
  return name !== null && Object.hasOwn(commands, name);
}

/** Throws where a frame of the server is not what the contract says, or tells of a bug. */
export function checkFrame(frame: ServerFrame): void {
  const parsed = serverFrame.safeParse(frame);
  if (!parsed.success) throw new Error(`Not a frame of ours: ${JSON.stringify(frame).slice(0, 500)}`);
  if (!Bun.deepEquals(parsed.data, frame)) throw new Error(`More than a frame: ${JSON.stringify(frame).slice(0, 500)}`);
  if (frame.t === "error" && frame.code === "internal") throw new Error("A bug was told as internal.");
}

/** How many of one's writes these entries may be the echo of. */
export function echoes(frame: ServerFrame, me: number): number {
  if (frame.t !== "entries") return 0;
  const written = new Set(["message", "edited", "deleted"]);
  return frame.entries.filter(({ author, kind }) => author === me && written.has(kind)).length;
}
