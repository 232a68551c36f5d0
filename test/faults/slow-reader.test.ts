import { expect, test } from "bun:test";
import type { ServerFrame } from "@parley/protocol/frames";
import { roomBy } from "../kit/heard.ts";
import { Line, secretOf, startNode } from "../kit/node.ts";
import { RawLine } from "../kit/raw.ts";

const entriesOf = (frames: readonly ServerFrame[], room: number) =>
  frames.flatMap((frame) => (frame.t === "entries" && frame.conversation === room ? frame.entries : []));

test("[BND2] a reader that never reads is cut without a code, costs nobody else anything, and misses nothing", async () => {
  const node = startNode();
  const ada = await Line.enter(node.url, "Ada");
  const room = await roomBy(ada);
  const healthy = await Line.enter(node.url, "Healthy");
  await healthy.ask({ t: "join", key: "j", conversation: room });
  const slow = await RawLine.open(node.url);
  const guest = { name: "Slow", secret: secretOf("Slow") };
  slow.say([
    { t: "hello", version: 1, guest },
    { t: "join", id: 1, key: "j", conversation: room },
  ]);
  await slow.until(() => slow.frames.some((frame) => frame.t === "conversation" && frame.conversation.id === room));
  slow.stopReading();
  const before = node.gateway.connections;
  const [text, count] = ["x".repeat(7000), 3000];
  for (let i = 0; i < count; i++) {
    ada.say([{ t: "post", id: 50_000 + i, key: `p${i}`, conversation: room, text: `${i} ${text}` }]);
    if (i % 10 === 9) await ada.until(() => entriesOf(ada.frames, room).length >= i - 50);
  }
  await healthy.until(() => entriesOf(healthy.frames, room).length >= count);
  await slow.until(() => node.gateway.connections < before);
  const said = entriesOf(healthy.frames, room).filter((entry) => entry.kind === "message");
  expect(said.map((entry) => Number(entry.body.text?.split(" ")[0]))).toEqual(
    Array.from({ length: count }, (_, i) => i),
  );
  slow.readOn();
  await slow.until(() => slow.ended);
  expect(slow.closeCode).toBeNull();

  const held = entriesOf(slow.frames, room);
  const seqs = held.map((entry) => entry.seq);
  expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] as number) + i));
  const back = await RawLine.open(node.url);
  const { epoch } = slow.frames.find((frame) => frame.t === "welcome") as Extract<ServerFrame, { t: "welcome" }>;
  const { cursorCheck } = await import("@parley/protocol/cursor");
  const last = held.at(-1);
  const cursor = last ? [room, last.seq, cursorCheck(last.author, last.key)] : [room, 0, 0];
  back.say([{ t: "hello", version: 1, token: guest.secret, epoch, cursors: [cursor] }]);
  await back.until(() => back.frames.some((frame) => frame.t === "caught_up"));
  const hole = back.frames.find((frame) => frame.t === "resync") as Extract<ServerFrame, { t: "resync" }>;
  const { head } = (await node.store.conversation(room)) as { head: number };
  expect(hole).toMatchObject({ have: cursor[1] as number, from: head + 1, head, reset: false });
  back.destroy();
  await node.stop();
});
