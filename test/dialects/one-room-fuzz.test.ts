import { afterAll, beforeAll, expect, test } from "bun:test";
import { received } from "@parley/server/gateways/dialects/broadcast/frames";
import fc from "fast-check";
import { treesOf } from "../fuzz/shapes.ts";
import { hostile, mutated, mutation, type Tree, textOf } from "../fuzz/trees.ts";
import { OldClient } from "../kit/old-client.ts";
import { ParleyProcess, temporaryFolder } from "../kit/process.ts";

const folder = temporaryFolder();
const parley = new ParleyProcess({ PARLEY_DATA: folder.path, PARLEY_RATE_LIMITS: "off" });
let url = "";

beforeAll(async () => {
  url = await parley.url();
});
afterAll(async () => {
  await parley.stop();
  folder.remove();
});

/** What one frame is due: said to all as this text, refused to its author alone, or nothing at all. */
type Due = { says: string } | "refused" | "nothing";

interface Dialect {
  path: string;
  texts: fc.Arbitrary<string>;
  due(text: string): Due;
  /** A frame that says this. */
  frame(text: string): string;
  /** What a frame shows of a message; null where it is about something else. */
  shown(frame: string): string | null;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: separators are white space to the old server
const AROUND = /^[\s\u{1c}-\u{1f}\u{85}]+|[\s\u{1c}-\u{1f}\u{85}]+$/gu;

const anything = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.toWellFormed()) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", " ", "\n", "\u0085", "x".repeat(8_000), "x".repeat(8_001), "a\0b", "{}"),
  },
  { weight: 1, arbitrary: fc.json() },
);

const frames = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(treesOf(received.message.schema as never), fc.array(mutation, { maxLength: 2 }))
      .map(([tree, mutations]): Tree => mutated(tree, mutations)),
  },
  { weight: 1, arbitrary: hostile },
);

function dueToText(text: string): Due {
  return text.includes("\0") || [...text].length > 8_000 ? "refused" : { says: text };
}

function dueToJson(text: string): Due {
  const message = parsed(text);
  if (typeof message !== "string") return "refused";
  const said = message.replace(AROUND, "");
  if (said === "") return "nothing";
  return !said.isWellFormed() || said.includes("\0") || [...said].length > 500 ? "refused" : { says: said };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject && Object.hasOwn(value, "message") ? (value as { message: unknown }).message : null;
  } catch {
    return null;
  }
}

const DIALECTS: Record<string, Dialect> = {
  messenger: {
    path: "messenger/ws/chat",
    texts: anything,
    due: dueToText,
    frame: (text) => text,
    shown: (frame) => (JSON.parse(frame).type === "message" ? JSON.parse(frame).text : null),
  },
  plain: {
    path: "plain/ws",
    texts: anything,
    due: (text) => (text.replace(AROUND, "") === "" ? "nothing" : dueToText(text)),
    frame: (text) => text,
    shown: (frame) => (frame.startsWith("clumsy: ") ? frame.slice("clumsy: ".length) : null),
  },
  broadcast: {
    path: "broadcast/ws",
    texts: frames.map((tree) => textOf(tree, () => "1")),
    due: dueToJson,
    frame: (message) => JSON.stringify({ message }),
    shown: (frame) => (JSON.parse(frame).type === "chat_message" ? JSON.parse(frame).message : null),
  },
};

/** Somebody sends nonsense and then a sentence, again and again, while somebody else listens. */
async function endure({ path, texts, due, frame, shown }: Dialect): Promise<void> {
  const enter = async (name: string) => {
    const client = await OldClient.open(`${url}/dialects/${path}/${name}`);
    await client.next();
    return client;
  };
  const [watcher, clumsy] = [await enter("watcher"), await enter("clumsy")];
  await watcher.next();
  const said: string[] = [];
  const property = fc.asyncProperty(texts, async (text) => {
    const expected = due(text);
    clumsy.say(text);
    if (typeof expected === "object") {
      said.push(expected.says);
      expect(shown(await clumsy.next())).toBe(expected.says);
    } else if (expected === "refused") expect(shown(await clumsy.next())).toBeNull();
    clumsy.say(frame("still here"));
    said.push("still here");
    expect(shown(await clumsy.next())).toBe("still here");
  });
  await fc.assert(property, { numRuns: 500 });
  for (const text of said) expect(shown(await watcher.next())).toBe(text);
  expect(await watcher.rest()).toEqual([]);
  for (const client of [clumsy, watcher]) await client.leave();
}

for (const [name, dialect] of Object.entries(DIALECTS)) {
  test(
    `[DIA112] ${name}: whatever text is sent, it is said as it stands, ignored, or refused to its author alone`,
    () => endure(dialect),
    60_000,
  );
}
