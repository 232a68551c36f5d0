import { expect, test } from "bun:test";
import { turn } from "../testing/clock.ts";
import { device, ended, firstLife, inbox } from "../testing/device.ts";
import {
  BOB,
  CAUGHT_UP,
  checkOf,
  entries,
  greet,
  INBOX,
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

function texts(given: World, id = ROOM): unknown[] {
  return given.client.timeline(id).rows.map((row) => (row.kind === "message" ? row.text : row.kind));
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
