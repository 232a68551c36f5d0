import { expect, test } from "bun:test";
import { turn } from "../testing/clock.ts";
import { device, ended, firstLife, inbox } from "../testing/device.ts";
import { BOB, CAUGHT_UP, entries, entry, introduced, live, ROOM, room, type World, welcome } from "../testing/world.ts";
import { memoryVault } from "./memory.ts";

const OTHER = 8;

test("[SDK32] a summary that runs ahead of the log, or misses what a hole contained, is still known to after a restart", async () => {
  const on = device();
  const given = on.start();
  await turn();
  const end = await live(given, inbox, room({ head: 4, members: 3 }), room({ id: OTHER, head: 4, role: "owner" }));
  void given.client.join(ROOM);
  await turn();
  end.answer("join", { conversation: room({ head: 5, members: 4 }) });
  end.say({ t: "resync", conversation: OTHER, have: 4, from: 90, head: 89, check: 7, reset: false });
  await ended(given);
  const again = on.start();
  again.client.connect();
  await turn();
  again.end.accept();
  await turn();
  const joined = entry(5, "joined", { user: 77, name: "G", handle: "g", role: "member" });
  again.end.say(welcome(), entries(ROOM, joined), CAUGHT_UP);
  await turn();
  expect(again.client.conversation(ROOM)?.members).toBe(4);
  expect(again.client.timeline(OTHER).rows).toMatchObject([{ kind: "hole", from: 5, to: 89, count: 85 }]);
  expect(again.end.all("follow")).toMatchObject([{ conversation: OTHER, seq: 89, check: 7 }]);
});

test("[SDK32] a text that was deleted leaves the vault as well", async () => {
  const on = await firstLife();
  expect(on.text()).toContain("line 5");
  const given = on.start();
  given.client.connect();
  await turn();
  given.end.accept();
  await turn();
  given.end.say(welcome(), entries(ROOM, entry(7, "deleted", { target: 5, of: BOB })), CAUGHT_UP);
  await ended(given);
  expect(on.text()).not.toContain("line 5");
  expect(on.text()).toContain("line 6");
});

test("[SDK32] another epoch, a reset, and a conversation that is gone leave nothing behind", async () => {
  const lost = ["line 5", "line 6"];
  const after = async (...frames: Parameters<World["end"]["say"]>) => {
    const on = await firstLife();
    const given = on.start();
    given.client.connect();
    await turn();
    given.end.accept();
    await turn();
    given.end.say(...frames);
    await ended(given);
    return lost.filter((text) => on.text().includes(text));
  };
  const reset = { t: "resync", conversation: ROOM, have: 0, from: 10, head: 9, check: 1, reset: true } as const;
  expect(await after(welcome(), CAUGHT_UP)).toEqual(lost);
  expect(await after(welcome("e2"), introduced(inbox), introduced(room({ head: 9 })), CAUGHT_UP)).toEqual([]);
  expect(await after(welcome(), reset, introduced(room({ head: 9 })), CAUGHT_UP)).toEqual([]);
  expect(await after(welcome(), { t: "gone", conversation: ROOM }, CAUGHT_UP)).toEqual([]);
});

test("[SDK32] signing out, and a token that is not known any more, clear the vault", async () => {
  const on = await firstLife();
  const given = on.start();
  await turn();
  given.client.signOut();
  await given.clock.advance(1000);
  expect([given.client.conversations().length, on.place.size]).toEqual([0, 0]);

  const refused = await firstLife();
  const again = refused.start();
  again.client.connect();
  await turn();
  again.end.accept();
  again.end.say({ t: "error", code: "bad_token", message: "This token is not known." });
  await again.clock.advance(1000);
  expect(refused.place.size).toBe(0);
});

test("[SDK32] signing out while the vault is being read shows nothing of it afterwards", async () => {
  const on = await firstLife();
  const given = on.start();
  given.client.connect();
  given.client.signOut();
  await given.clock.advance(1000);
  expect([given.client.conversations().length, given.client.me, on.place.size]).toEqual([0, null, 0]);
});

test("[SDK33] what another person, another version or a fault left costs only itself", async () => {
  const on = await firstLife();
  const other = on.start(memoryVault(on.place), "somebody-elses-token");
  await turn();
  expect([other.client.me, other.client.conversations().length, on.place.size]).toEqual([null, 0, 0]);

  const spoil = async (name: string, change: (value: Record<string, unknown>) => unknown) => {
    const { place, start } = await firstLife();
    place.set(`log:${OTHER}`, structuredClone(place.get(`log:${ROOM}`)));
    (place.get(`log:${OTHER}`) as { log: { summary: { id: number } } }).log.summary.id = OTHER;
    place.set(name, change(place.get(name) as Record<string, unknown>));
    const given = start();
    await given.clock.advance(1000);
    return [given.client.conversations().map(({ id }) => id), place.has(name)];
  };
  const log = (change: (log: never) => unknown) => (value: Record<string, unknown>) => ({
    ...value,
    log: change(value.log as never),
  });
  const name = `log:${OTHER}`;
  const gone = [[ROOM], false];
  expect(await spoil(name, (value) => value)).toEqual([[OTHER, ROOM], true]);
  expect(await spoil(name, () => "nonsense")).toEqual(gone);
  expect(await spoil(name, (value) => ({ ...value, format: 2 }))).toEqual(gone);
  expect(await spoil(name, (value) => ({ ...value, epoch: "e0" }))).toEqual(gone);
  expect(
    await spoil(
      name,
      log(() => null),
    ),
  ).toEqual(gone);
  expect(
    await spoil(
      name,
      log((was: object) => ({ ...was, next: "7" })),
    ),
  ).toEqual(gone);
  expect(
    await spoil(
      name,
      log((was: { held: unknown[] }) => ({ ...was, held: was.held.toReversed() })),
    ),
  ).toEqual(gone);
  expect(
    await spoil(
      name,
      log((was: object) => ({ ...was, held: [{ item: {}, asOf: 5 }] })),
    ),
  ).toEqual(gone);
  expect(await spoil("person:1", () => ({ any: "thing" }))).toEqual([[OTHER, ROOM], false]);
  expect(await spoil("replica", (value) => ({ ...value, format: 2 }))).toEqual([[], false]);
});
