import { expect, test } from "bun:test";
import type { ClientFrame } from "@parley/protocol/frames";
import { Batch, packed, wireBytes } from "./batch.ts";
import { turn } from "./testing/clock.ts";

function post(id: number, text: string): ClientFrame {
  return { t: "post", id, key: `k${id}`, conversation: 7, text };
}

test("[SDK7] the frames of one turn leave as one batch, in order, with what may ride along", async () => {
  const written: string[] = [];
  const batch = new Batch(
    (text) => written.push(text),
    () => [{ t: "beat" }],
  );
  batch.add(post(1, "one"));
  batch.add(post(2, "two"));
  await turn();
  batch.add(post(3, "three"));
  await turn();
  const frames = written.map((text) =>
    (JSON.parse(text) as ClientFrame[]).map((frame) => ("id" in frame ? frame.id : frame.t)),
  );
  expect(frames).toEqual([
    [1, 2, "beat"],
    [3, "beat"],
  ]);
});

test("[SDK7] no batch is larger than about 100 KiB, counted as bytes", () => {
  const frames = Array.from({ length: 40 }, (_, id) => post(id, "ü".repeat(8000)));
  const texts = packed(frames);
  expect(texts.length).toBe(7);
  for (const text of texts) expect(wireBytes(text)).toBeLessThanOrEqual(100 * 1024 + 2);
  expect(texts.flatMap((text) => JSON.parse(text) as ClientFrame[])).toEqual(frames);
});
