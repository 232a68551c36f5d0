import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import type { Entry } from "@parley/protocol/entries";
import type { ServerFrame } from "@parley/protocol/frames";
import type { User } from "@parley/server/core/rows";
import { nativeCodec } from "@parley/server/gateways/native/codec";
import { Line, secretOf, startNode } from "../kit/node.ts";
import { temporaryFolder } from "../kit/process.ts";
import { spelled } from "../kit/spelled.ts";
import { countedStore } from "../kit/statements.ts";

const LISTENERS = 20;

const folder = temporaryFolder();
const { store, taken } = countedStore(folder.path);
const node = startNode({ store });
const room = { id: 0 };
const people: User[] = [];
const lines: Line[] = [];

beforeAll(async () => {
  const names = ["Author", ...Array.from({ length: LISTENERS }, (_, at) => `Listener ${spelled(at)}`)];
  people.push(...(await Promise.all(names.map((name) => node.chat.people.enrol(name, secretOf(name))))));
  const [author, ...others] = people as [User, ...User[]];
  const { conversation } = await node.chat.run({ user: author }, "create_room", { key: "r", name: "Everybody" });
  room.id = conversation.id;
  for (const user of others) await node.chat.run({ user }, "join", { key: "j", conversation: room.id });
  lines.push(...(await Promise.all(names.map((name) => Line.enter(node.url, name)))));
});
afterAll(async () => {
  await node.stop();
  await store.close();
  folder.remove();
});

/** What is said in one go; the frames in which each line heard it, and what it cost. */
async function cost(messages: number, say: () => unknown) {
  const before = lines.map((line) => line.frames.length);
  const encode = spyOn(nativeCodec, "encode");
  taken();
  await say();
  const frames = await Promise.all(lines.map((line, at) => heard(line, before[at] as number, messages)));
  const encodings = encode.mock.calls.filter(([said]) => said.some((frame) => saidIn(frame).length > 0)).length;
  encode.mockRestore();
  const statements = taken();
  return { frames, encodings, statements, commits: statements.filter((sql) => sql === "COMMIT").length };
}

/** The frames with messages that came after so many others, once all these messages are there. */
async function heard(line: Line, before: number, messages: number): Promise<number> {
  for (let frames = 0, found = 0, at = before; ; at++) {
    if (found === messages) return frames;
    while (line.frames.length <= at) await Bun.sleep(1);
    const more = saidIn(line.frames[at]).length;
    found += more;
    if (more > 0) frames += 1;
  }
}

function saidIn(frame: ServerFrame | undefined): Entry[] {
  if (frame?.t !== "entries" || frame.conversation !== room.id) return [];
  return frame.entries.filter(({ kind }) => kind === "message");
}

function post(at: number) {
  return { t: "post", id: at + 1, key: crypto.randomUUID(), conversation: room.id, text: `Message ${at}` };
}

test("[BUD1] [BUD2] a hundred messages in one batch are one commit, one encoding and one frame to each socket", async () => {
  const { frames, encodings, commits, statements } = await cost(100, () =>
    lines[0]?.say(Array.from({ length: 100 }, (_, at) => post(at))),
  );
  expect({ encodings, commits }).toEqual({ encodings: 1, commits: 1 });
  expect(frames).toEqual(lines.map(() => 1));
  // One for each message; and for the batch begin, who its author is there, the head written, and commit.
  expect(statements).toHaveLength(104);
});

test("[BUD1] [BUD2] what many people say in one turn is one commit, one encoding and one frame to each socket", async () => {
  const { frames, encodings, commits } = await cost(people.length, () =>
    Promise.all(people.map((user, at) => node.chat.run({ user }, "post", post(at)))),
  );
  expect({ encodings, commits }).toEqual({ encodings: 1, commits: 1 });
  expect(frames).toEqual(lines.map(() => 1));
});

test("[BUD3] a message on an open line costs four statements, and reads nothing", async () => {
  const { statements } = await cost(1, () => lines[0]?.say([post(0)]));
  expect(statements.map((sql) => /^\w+( INTO)?/.exec(sql)?.[0])).toEqual(["BEGIN", "INSERT INTO", "UPDATE", "COMMIT"]);
});
