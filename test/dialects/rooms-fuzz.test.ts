import { afterAll, beforeAll, expect, test } from "bun:test";
import { received } from "@parley/server/gateways/dialects/rooms/frames";
import { newRoom } from "@parley/server/gateways/dialects/rooms/table";
import fc from "fast-check";
import { treesOf } from "../fuzz/shapes.ts";
import { hostile, mutated, mutation, type Tree, textOf } from "../fuzz/trees.ts";
import { OldClient } from "../kit/old-client.ts";
import { type OldRoom, RoomsSite } from "../kit/rooms-site.ts";

let site: RoomsSite;

beforeAll(async () => {
  site = await RoomsSite.start({ PARLEY_RATE_LIMITS: "off" });
});
afterAll(() => site.stop());

/** JSON of this shape, whole and mutilated, and what is nothing like it. */
function texts(shape: Parameters<typeof treesOf>[0]): fc.Arbitrary<string> {
  const trees = fc
    .tuple(treesOf(shape), fc.array(mutation, { maxLength: 2 }))
    .map(([tree, mutations]): Tree => mutated(tree, mutations));
  const all = fc.oneof({ weight: 4, arbitrary: trees }, { weight: 1, arbitrary: hostile });
  return all.map((tree) => textOf(tree, () => "1"));
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as never) : null;
  } catch {
    return null;
  }
}

/** What a body is due, by the rule of names alone. */
function dueToBody(text: string): number[] {
  if (Buffer.byteLength(text) > 128 * 1024) return [413];
  const name = parsed(text)?.name;
  if (typeof name !== "string" || name === "" || !name.isWellFormed() || [...name].length > 100) return [422];
  return /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name) ? [422] : [201, 400];
}

test("[DIA75] rooms: whatever the body, a room is made of exactly the name in it, or the body is refused", async () => {
  const body = texts(newRoom as never);
  const property = fc.asyncProperty(body, async (text) => {
    const due = dueToBody(text);
    const answer = await site.ask("POST", "", text);
    expect(due).toContain(answer.status);
    if (answer.status === 201) expect(((await answer.json()) as OldRoom).name).toBe(parsed(text)?.name as string);
  });
  await fc.assert(property, { numRuns: 1_000 });
  const { rooms, count } = (await (await site.ask("GET", "")).json()) as { rooms: OldRoom[]; count: number };
  expect(new Set(rooms.map(({ name }) => name)).size).toBe(count);
  expect(count).toBeGreaterThan(50);
}, 60_000);

type Due = { ends: number } | { says: string } | "nothing";

// biome-ignore lint/suspicious/noControlCharactersInRegex: separators are white space to the old server
const BLANK = /^[\s\u{1c}-\u{1f}\u{85}]*$/u;

/** What a frame is due. */
function dueToFrame(text: string): Due {
  const frame = parsed(text);
  if (!frame) return { ends: 1007 };
  const type = Object.hasOwn(frame, "type") ? frame.type : "message";
  if (type !== "message") return "nothing";
  const content = Object.hasOwn(frame, "content") ? frame.content : "";
  if (typeof content !== "string") return { ends: 1007 };
  if (BLANK.test(content)) return "nothing";
  if (!content.isWellFormed() || content.includes("\0")) return { ends: 1007 };
  return [...content].length > 8_000 ? { ends: 1009 } : { says: content };
}

test("[DIA75] rooms: whatever the frame, it is said as it stands, ignored, or the end of its socket alone", async () => {
  const room = await site.room("Nonsense");
  const watcher = await site.enter(room.id, "watcher");
  const frame = fc.oneof(texts(received.message.schema as never), texts(received.typing.schema as never));
  const property = fc.asyncProperty(frame, async (text) => {
    const due = dueToFrame(text);
    const client = await OldClient.open(site.address(room.id, "clumsy"));
    await client.next();
    client.say(text);
    if (typeof due === "object" && "ends" in due) return void expect((await client.end()).code).toBe(due.ends);
    client.say({ content: "still here" });
    const heard = due === "nothing" ? ["still here"] : [due.says, "still here"];
    for (const content of heard) expect((await client.json()).content).toBe(content);
    await client.leave();
  });
  await fc.assert(property, { numRuns: 400 });
  watcher.say({ content: "undisturbed" });
  for (let content: unknown; content !== "undisturbed"; ) ({ content } = await watcher.json());
  await watcher.leave();
}, 60_000);
