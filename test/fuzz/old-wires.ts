import { received as broadcast } from "@parley/server/gateways/dialects/broadcast/frames";
import { received as direct } from "@parley/server/gateways/dialects/direct/frames";
import { received as rooms } from "@parley/server/gateways/dialects/rooms/frames";
import fc from "fast-check";
import { treesOf } from "./shapes.ts";
import { hostile, mutated, mutation, type Tree, textOf } from "./trees.ts";

/**
 * What one text is due: said as this, refused to its author alone, nothing at all, the end of its socket, or whatever
 * its shape allows where that depends on what else exists.
 */
export type Due = { says: string } | { ends: number } | "refused" | "nothing" | "allowed";

/** How a dialect is fed. */
export interface OldWire {
  /** Where somebody of this name enters. */
  path(name: string): string;
  texts: fc.Arbitrary<string>;
  due(text: string): Due;
  /** What a binary frame is due. */
  binary: Due;
  /** A frame that says this. */
  frame(text: string): string;
  /** What a frame shows its author of a message of theirs; null where it is about something else. */
  shown(frame: string): string | null;
}

const MOST = 8_000;
const MOST_OF_BROADCAST = 500;
// biome-ignore lint/suspicious/noControlCharactersInRegex: separators are white space to the old servers
const AROUND = /^[\s\u{1c}-\u{1f}\u{85}]+|[\s\u{1c}-\u{1f}\u{85}]+$/gu;

const anything = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.toWellFormed()) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", " ", "\n", "\u0085", "x".repeat(MOST), "x".repeat(MOST + 1), "a\0b", "{}"),
  },
  { weight: 1, arbitrary: fc.json() },
);

/** JSON of these shapes, whole and mutilated, and what is nothing like it. */
export function jsonLike(...shapes: unknown[]): fc.Arbitrary<string> {
  const trees = fc
    .tuple(fc.oneof(...shapes.map((shape) => treesOf(shape as never))), fc.array(mutation, { maxLength: 2 }))
    .map(([tree, mutations]): Tree => mutated(tree, mutations));
  const all = fc.oneof({ weight: 4, arbitrary: trees }, { weight: 1, arbitrary: hostile });
  return all.map((tree) => textOf(tree, () => "1"));
}

/** The object that this text is; null where it is none. */
export function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as never) : null;
  } catch {
    return null;
  }
}

const cannotBeKept = (text: string) => !text.isWellFormed() || text.includes("\0");

function dueToText(text: string): Due {
  return cannotBeKept(text) || [...text].length > MOST ? "refused" : { says: text };
}

function dueToBroadcast(text: string): Due {
  const frame = objectIn(text);
  const message = frame && Object.hasOwn(frame, "message") ? frame.message : null;
  if (typeof message !== "string") return "refused";
  const said = message.replace(AROUND, "");
  if (said === "") return "nothing";
  return cannotBeKept(said) || [...said].length > MOST_OF_BROADCAST ? "refused" : { says: said };
}

function dueToRooms(text: string): Due {
  const frame = objectIn(text);
  if (!frame) return { ends: 1007 };
  const type = Object.hasOwn(frame, "type") ? frame.type : "message";
  if (type !== "message") return "nothing";
  const content = Object.hasOwn(frame, "content") ? frame.content : "";
  if (typeof content !== "string") return { ends: 1007 };
  if (content.replace(AROUND, "") === "") return "nothing";
  if (cannotBeKept(content)) return { ends: 1007 };
  return [...content].length > MOST ? { ends: 1009 } : { says: content };
}

/** What is said to somebody depends on who exists; what has the shape of no frame is refused. */
function dueToDirect(text: string): Due {
  const frame = objectIn(text);
  const type = frame && (frame.type ?? "message");
  if (typeof type !== "string" || !Object.hasOwn(direct, type)) return "refused";
  if (type === "ping") return "allowed";
  return direct[type as keyof typeof direct].schema.safeParse(frame).success ? "allowed" : "refused";
}

/** Whom everybody in `direct` writes to, so that it is known what came to them. */
export const PEER = 77;

/** All dialects, by name. That of rooms needs a room. */
export function oldWires(room: number): Record<string, OldWire> {
  return {
    messenger: {
      path: (name) => `/dialects/messenger/ws/chat/${name}`,
      texts: anything,
      due: dueToText,
      binary: { ends: 1011 },
      frame: (text) => text,
      shown: (frame) => (JSON.parse(frame).type === "message" ? JSON.parse(frame).text : null),
    },
    plain: {
      path: (name) => `/dialects/plain/ws/${name}`,
      texts: anything,
      due: (text) => (text.replace(AROUND, "") === "" ? "nothing" : dueToText(text)),
      binary: "nothing",
      frame: (text) => text,
      shown: (frame) => (frame.startsWith("System: ") ? null : frame.slice(frame.indexOf(": ") + 2)),
    },
    broadcast: {
      path: (name) => `/dialects/broadcast/ws/${name}`,
      texts: jsonLike(broadcast.message.schema),
      due: dueToBroadcast,
      binary: "refused",
      frame: (message) => JSON.stringify({ message }),
      shown: (frame) => (JSON.parse(frame).type === "chat_message" ? JSON.parse(frame).message : null),
    },
    rooms: {
      path: (name) => `/dialects/rooms/ws/chat/${room}?username=${name}`,
      texts: jsonLike(rooms.message.schema, rooms.typing.schema),
      due: dueToRooms,
      binary: { ends: 1003 },
      frame: (content) => JSON.stringify({ content }),
      shown: (frame) => (JSON.parse(frame).type === "message" ? JSON.parse(frame).content : null),
    },
    direct: {
      path: () => "/dialects/direct/ws/5",
      texts: jsonLike(...Object.values(direct).map(({ schema }) => schema)),
      due: dueToDirect,
      binary: "refused",
      frame: (message) => JSON.stringify({ recipient_id: PEER, message }),
      // Its author is told that a message is kept, not what it said.
      shown: (frame) => (JSON.parse(frame).type === "message_sent" ? "" : null),
    },
  };
}
