import { expect, test } from "bun:test";
import { turn } from "../testing/clock.ts";
import { entries, greet, keptInMemory, live, ME, ROOM, room, said, type World, world } from "../testing/world.ts";
import { memoryVault } from "./memory.ts";
import type { Vault } from "./vault.ts";

let keys = 0;

function start(keep = keptInMemory(), vault: Vault = memoryVault()): World {
  return world({ keep, vault, leaving: () => {}, randomKey: () => `key${++keys}` });
}

function pending(given: World) {
  return given.client.timeline(ROOM).pending.map(({ text }) => text);
}

async function written(given: World, ...texts: string[]) {
  const posted = texts.map((text) => given.client.post(ROOM, text));
  await turn();
  return posted;
}

test("[SDK34] what was written is kept at once, and either place alone brings it back in its order", async () => {
  const place = new Map<string, unknown>();
  const keep = keptInMemory();
  const given = start(keep, memoryVault(place));
  await turn();
  await written(given, "a", "b", "c");
  expect(keep.get("parley.outbox")).toContain('"text":"c"');
  expect(place.size).toBe(3);

  const fromVault = start(keptInMemory(), memoryVault(place));
  await turn();
  expect(pending(fromVault)).toEqual(["a", "b", "c"]);
  const fromKeep = start(keep, memoryVault());
  expect(pending(fromKeep)).toEqual(["a", "b", "c"]);
  await turn();
  expect(pending(fromKeep)).toEqual(["a", "b", "c"]);
});

test("[SDK34] what comes back from both is sent once, before what was written since", async () => {
  const place = new Map<string, unknown>();
  const keep = keptInMemory();
  const first = start(keep, memoryVault(place));
  await turn();
  const [a, b] = await written(first, "a", "b");
  keep.set("parley.outbox", null);

  const given = start(keep, memoryVault(place));
  given.client.post(ROOM, "c");
  await turn();
  expect(pending(given)).toEqual(["a", "b", "c"]);
  const end = await live(given, room({ head: 4 }));
  expect(end.all("post").map(({ key, text }) => [key, text])).toEqual([
    [a?.key ?? "", "a"],
    [b?.key ?? "", "b"],
    [expect.any(String), "c"],
  ]);
});

test("[SDK34] what was sent or discarded is not kept any longer, also where the vault did not hear of it", async () => {
  const place = new Map<string, unknown>();
  const keep = keptInMemory();
  const given = start(keep, memoryVault(place));
  await turn();
  const end = await live(given, room({ head: 4 }));
  const [a] = await written(given, "a");
  end.say(entries(ROOM, said(5, "a", { author: ME, key: a?.key ?? "" })));
  await turn();
  expect([place.size, keep.get("parley.dropped")]).toEqual([0, null]);

  given.client.disconnect();
  const [b] = await written(given, "b");
  expect(place.size).toBe(1);
  const deaf: Vault = { ...memoryVault(place), write: () => new Promise(() => {}) };
  const second = start(keep, deaf);
  await turn();
  expect(pending(second)).toEqual(["b"]);
  second.client.discard(b?.key ?? "");
  await turn();
  expect(place.size).toBe(1);

  const third = start(keep, memoryVault(place));
  await turn();
  expect(pending(third)).toEqual([]);
  expect([place.size, keep.get("parley.dropped")]).toEqual([0, null]);
});

test("[SDK34] a refused message comes back as refused, and a broken one not at all", async () => {
  const place = new Map<string, unknown>();
  const given = start(keptInMemory(), memoryVault(place));
  await turn();
  const end = await live(given, room({ head: 4 }));
  await written(given, "a", "b");
  end.say({ t: "error", id: end.all("post")[0]?.id ?? 0, code: "forbidden", message: "No." });
  await turn();
  given.client.disconnect();
  const name = [...place.keys()].filter((one) => one.startsWith("draft:"))[1] ?? "";
  place.set(name, { ...(place.get(name) as object), draft: { is: "post" } });
  const again = start(keptInMemory(), memoryVault(place));
  await turn();
  expect(again.client.timeline(ROOM).pending).toMatchObject([
    { text: "a", is: "failed", error: { code: "forbidden" } },
  ]);
  await greet(again).catch(() => {});
  expect(place.has(name)).toBe(false);
});
