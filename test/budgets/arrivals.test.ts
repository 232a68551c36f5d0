import { afterAll, beforeAll, expect, test } from "bun:test";
import type { CursorRow } from "@parley/protocol/cursor";
import type { ServerFrame } from "@parley/protocol/frames";
import type { User } from "@parley/server/core/rows";
import { Line, secretOf, startNode } from "../kit/node.ts";
import { temporaryFolder } from "../kit/process.ts";
import { countedStore } from "../kit/statements.ts";

const ROOMS = 5;
/** Their inbox is one, too. */
const CONVERSATIONS = ROOMS + 1;
const folder = temporaryFolder();
const { store, taken } = countedStore(folder.path);
const node = startNode({ store });
let ada: User;
let ben: User;

beforeAll(async () => {
  ada = await node.chat.people.enrol("Ada", secretOf("Ada"));
  ben = await node.chat.people.enrol("Ben", secretOf("Ben"));
  for (let at = 0; at < ROOMS; at++) {
    const named = { key: `room-${at}`, name: `Room ${at}` };
    const { conversation } = await node.chat.run({ user: ada }, "create_room", named);
    await node.chat.run({ user: ben }, "join", { key: "join", conversation: conversation.id });
  }
  // The rooms are followed by somebody, so that their feeds are there.
  await Line.enter(node.url, "Ada");
});
afterAll(async () => {
  await node.stop();
  await store.close();
  folder.remove();
});

/** Ben comes, with or without cursors, and goes again; what it cost, and what he was told. */
async function comes(more = {}): Promise<{ statements: number; frames: ServerFrame[] }> {
  taken();
  const line = await Line.enter(node.url, "Ben", more);
  const statements = taken().length;
  line.close();
  while (node.chat.feeds.has(ben.inbox)) await Bun.sleep(1);
  return { statements, frames: line.frames };
}

/** Where somebody stands who was told all this. */
function cursorsOf(frames: readonly ServerFrame[]) {
  const [welcome] = frames.filter((frame) => frame.t === "welcome");
  const cursors = frames.flatMap((frame): CursorRow[] =>
    frame.t === "conversation" ? [[frame.conversation.id, frame.conversation.head, frame.conversation.check]] : [],
  );
  return { epoch: welcome?.epoch, cursors };
}

test("[BUD7] whoever comes costs four statements, and two for each conversation; whoever comes back and missed nothing three in all", async () => {
  const first = await comes();
  const cursors = cursorsOf(first.frames);
  expect(cursors.cursors).toHaveLength(CONVERSATIONS);
  expect(first.statements).toBe(4 + 2 * CONVERSATIONS);
  const again = await comes(cursors);
  expect(again.frames.filter(({ t }) => t === "conversation")).toEqual([]);
  expect(again.statements).toBe(3);
});

test("[BUD7] what was missed is in memory: its counts are three statements for each conversation, and the entry of the cursor one", async () => {
  const before = cursorsOf((await comes()).frames);
  const nothing = (await comes(before)).statements;
  const rooms = before.cursors.slice(1, 3).map(([room]) => room);
  for (const conversation of rooms) {
    for (let at = 0; at < 10; at++) {
      const post = { key: `message-${conversation}-${at}`, conversation, text: "While you were away" };
      await node.chat.run({ user: ada }, "post", post);
    }
  }
  const { statements, frames } = await comes(before);
  expect(frames.filter(({ t }) => t === "entries")).toHaveLength(2);
  expect(statements).toBe(nothing + 4 * rooms.length);
});
