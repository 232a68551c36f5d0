import { expect, test } from "bun:test";
import fc from "fast-check";
import { type OldWire, oldWires } from "../fuzz/old-wires.ts";
import { OldClient } from "../kit/old-client.ts";
import { OneParley } from "../kit/one-parley.ts";

const parley = new OneParley({ PARLEY_RATE_LIMITS: "off" });

const WIRES = oldWires(0);

/** Somebody sends nonsense and then a sentence, again and again, while somebody else listens. */
async function endure({ path, texts, due, frame, shown }: OldWire): Promise<void> {
  const enter = async (name: string) => {
    const client = await OldClient.open(parley.url + path(name));
    await client.next();
    return client;
  };
  const [watcher, clumsy] = [await enter("watcher"), await enter("clumsy")];
  await watcher.next();
  const said: string[] = [];
  const property = fc.asyncProperty(texts, async (text) => {
    const expected = due(text);
    clumsy.say(text);
    if (typeof expected === "object" && "says" in expected) {
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

for (const name of ["messenger", "plain", "broadcast"] as const) {
  test(
    `[DIA112] ${name}: whatever text is sent, it is said as it stands, ignored, or refused to its author alone`,
    () => endure(WIRES[name] as OldWire),
    60_000,
  );
}
