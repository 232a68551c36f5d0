import { expect, test } from "bun:test";
import { turn } from "../testing/clock.ts";
import {
  BOB,
  CAUGHT_UP,
  checkOf,
  entries,
  entry,
  greet,
  INBOX,
  introduced,
  keptInMemory,
  live,
  ME,
  ROOM,
  room,
  said,
  type World,
  welcome,
  world,
} from "../testing/world.ts";
import { memoryVault } from "./memory.ts";
import type { Vault } from "./vault.ts";

const OTHER = 8;
const inbox = room({ id: INBOX, kind: "inbox", name: null, visibility: "private" });

/** A device: what its clients keep outlives them. */
function device() {
  const place = new Map<string, unknown>();
  const keep = keptInMemory();
  return {
    place,
    keep,
    /** One life of the client on it. */
    start: (vault: Vault = memoryVault(place), token = "a-token-of-mine") =>
      world({ vault, keep, token, leaving: () => {} }),
    /** All that is kept, as text. */
    text: () => JSON.stringify([...place]),
  };
}

async function ended(given: World): Promise<void> {
  await given.clock.advance(500);
  given.client.disconnect();
}

function texts(given: World, id = ROOM): unknown[] {
  return given.client.timeline(id).rows.map((row) => (row.kind === "message" ? row.text : row.kind));
}

/** A life in which a room with two messages was heard. */
async function firstLife(on = device()) {
  const given = on.start();
  given.client.connect();
  await turn();
  const end = await greet(given, inbox, room({ head: 4, unread: 1, read: 3 }));
  end.say(entries(ROOM, said(5), said(6)));
  await ended(given);
  return on;
}

test("[SDK31] at the next start what was held is shown, and the line goes on from its cursors", async () => {
  const on = await firstLife();
  const given = on.start();
  given.client.connect();
  expect(given.client.line).toEqual({ is: "connecting" });
  expect([given.client.vault, given.ends.length]).toEqual(["reading", 0]);
  await turn();
  expect(given.client.vault).toBe("kept");
  expect(given.client.me?.id).toBe(ME);
  expect(texts(given)).toEqual(["line 5", "line 6"]);
  expect(given.client.conversations()).toMatchObject([{ id: ROOM, name: "Garden", unread: 3, head: 6 }]);
  expect(given.client.person(BOB)?.name).toBe("Bob");
  given.end.accept();
  await turn();
  expect(given.end.heard).toMatchObject([
    {
      t: "hello",
      epoch: "e1",
      cursors: [
        [INBOX, 0, 0],
        [ROOM, 6, checkOf(said(6))],
      ],
    },
  ]);
  given.end.say(welcome(), entries(ROOM, said(7)), CAUGHT_UP);
  expect(texts(given)).toEqual(["line 5", "line 6", "line 7"]);
  expect(given.client.line).toEqual({ is: "live" });
});

test("[SDK31] without a network it stays at what is kept, and says that it is offline", async () => {
  const on = await firstLife();
  const given = on.start();
  given.network.is = false;
  given.client.connect();
  await turn();
  given.end.close();
  expect(given.client.line.is).toBe("offline");
  expect(texts(given)).toEqual(["line 5", "line 6"]);
});

test("[SDK31] without a line it says since when it may have missed something, also where that was in an earlier life", async () => {
  const on = device();
  let leave = () => {};
  const leaving = (call: () => void) => {
    leave = call;
  };
  const given = world({ ...on, vault: memoryVault(on.place), leaving });
  await turn();
  await live(given, inbox, room({ head: 4 }));
  await given.clock.advance(10_000);
  const left = given.clock.now();
  leave();
  await turn();
  const again = on.start();
  await again.clock.advance(60_000);
  again.network.is = false;
  again.client.connect();
  again.end.close();
  expect(again.client.line).toEqual({ is: "offline", since: left });
});

test("[SDK31] whoever signs in is waiting for the server's word, also where it is kept who that was", async () => {
  const on = await firstLife();
  const given = on.start();
  let resolved = false;
  const signedIn = given.client.signIn().then(() => {
    resolved = true;
  });
  await turn();
  expect([given.client.me?.id, resolved]).toEqual([ME, false]);
  given.end.accept();
  given.end.say(welcome());
  await signedIn;
});

test("[SDK31] changes are kept together after half a second, and at once when the page is left", async () => {
  const on = device();
  const vault = memoryVault(on.place);
  let writes = 0;
  const write = (changes: ReadonlyMap<string, unknown>) => {
    writes++;
    return vault.write(changes);
  };
  const counting = { ...vault, write };
  let leave = () => {};
  const given = world({
    vault: counting,
    keep: on.keep,
    leaving: (call) => {
      leave = call;
    },
  });
  await turn();
  const end = await live(given, inbox, room({ head: 4 }));
  for (let seq = 5; seq < 25; seq++) end.say(entries(ROOM, said(seq)));
  await given.clock.advance(499);
  expect(writes).toBe(0);
  await given.clock.advance(1);
  expect(writes).toBe(1);
  end.say(entries(ROOM, said(25, "the last")));
  leave();
  await turn();
  expect([writes, on.text().includes("the last")]).toEqual([2, true]);
  end.say({ t: "presence", conversation: ROOM, count: 3 });
  await given.clock.advance(1000);
  expect(writes).toBe(2);
});

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

test("[SDK35] of each conversation the newest 200 rows are kept, and of many conversations the newest 500", async () => {
  const on = device();
  const given = on.start();
  await turn();
  const rooms = Array.from({ length: 520 }, (_, at) => room({ id: 100 + at, latest: at, head: 0 }));
  const end = await live(given, inbox, ...rooms);
  end.say(entries(100, ...Array.from({ length: 250 }, (_, at) => said(at + 1))));
  await ended(given);
  const kept = [...on.place.keys()].filter((name) => name.startsWith("log:"));
  expect(kept.length).toBe(500);
  expect([kept.includes("log:100"), kept.includes("log:101"), kept.includes(`log:${INBOX}`)]).toEqual([
    true,
    false,
    true,
  ]);
  const again = on.start();
  await turn();
  const { rows, complete } = again.client.timeline(100);
  expect([rows.length, complete, rows[0]]).toMatchObject([200, false, { seq: 51 }]);
  again.client.connect();
  again.end.accept();
  await turn();
  again.end.say(welcome(), CAUGHT_UP);
  void again.client.loadOlder(100, 10);
  await turn();
  expect(again.end.last("history")).toMatchObject({ conversation: 100, before: 51 });
});

test("[SDK35] a vault that is full, broken or silent is left alone, and everything else goes on", async () => {
  const full: Vault = { ...memoryVault(), write: () => Promise.reject(new DOMException("", "QuotaExceededError")) };
  const given = world({ vault: full });
  await turn();
  const end = await live(given, inbox, room({ head: 4 }));
  end.say(entries(ROOM, said(5)));
  await given.clock.advance(500);
  expect(given.client.vault).toBe("off");
  end.say(entries(ROOM, said(6)));
  const { sent } = given.client.post(ROOM, "hello");
  await given.clock.advance(1000);
  end.answer("post", { conversation: ROOM, seq: 7, entry: 1 });
  expect([(await sent).seq, given.client.line.is]).toEqual([7, "live"]);

  const broken = world({ vault: { ...memoryVault(), read: () => Promise.reject(new Error("broken")) } });
  await turn();
  await live(broken, room());
  expect([broken.client.vault, broken.client.line.is]).toEqual(["off", "live"]);

  const silent = world({ vault: { ...memoryVault(), read: () => new Promise(() => {}) } });
  silent.client.connect();
  await silent.clock.advance(2999);
  expect([silent.client.vault, silent.ends.length]).toEqual(["reading", 0]);
  await silent.clock.advance(1);
  await greet(silent, room());
  expect([silent.client.vault, silent.client.line.is]).toEqual(["off", "live"]);
});

test("[SDK35] where there is no vault that is said, and nothing waits for it", () => {
  const given = world();
  given.client.connect();
  expect([given.client.vault, given.ends.length]).toEqual(["none", 1]);
});
