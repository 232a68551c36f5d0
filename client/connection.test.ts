import { expect, test } from "bun:test";
import { turn } from "./testing/clock.ts";
import {
  BEAT,
  CAUGHT_UP,
  entries,
  entry,
  greet,
  live,
  ME,
  ROOM,
  reopened,
  room,
  said,
  welcome,
  world,
} from "./testing/world.ts";

test("[SDK1] says hello with its version and token, and is live only once it was caught up", async () => {
  const given = world();
  expect(given.client.line).toEqual({ is: "signed_out" });
  given.client.connect();
  expect(given.end.url).toBe("ws://parley.test/socket");
  expect(given.client.line).toEqual({ is: "connecting" });
  given.end.accept();
  await turn();
  expect(given.end.batches).toEqual(['[{"t":"hello","version":1,"token":"a-token-of-mine"}]']);
  expect(given.client.line).toEqual({ is: "connecting" });
  given.end.say(welcome());
  expect(given.client.line).toEqual({ is: "catching_up", behind: 0 });
  expect(given.client.me?.name).toBe("Alice");
  given.end.say(CAUGHT_UP);
  expect(given.client.line).toEqual({ is: "live" });
});

test("[SDK1] a new line begins with the epoch and the cursor of every log, the check being that of the last entry", async () => {
  const given = world();
  const end = await live(given, room({ head: 4, check: 44 }), room({ id: 8, head: 2, check: 22 }));
  end.say(entries(ROOM, said(5)));
  const again = await reopened(given);
  const { epoch, cursors } = again.all("hello")[0] ?? {};
  expect(epoch).toBe("e1");
  const { cursorCheck } = await import("@parley/protocol/cursor");
  expect(cursors).toEqual([
    [ROOM, 5, cursorCheck(said(5).author, "b5")],
    [8, 2, 22],
  ]);
});

test("[SDK8] more than a thousand cursors follow in frames of their own", async () => {
  const given = world();
  const rooms = Array.from({ length: 2500 }, (_, at) => room({ id: at + 10, head: 3, check: 5 }));
  await live(given, ...rooms);
  const again = await reopened(given);
  const [hello, second, third] = again.heard;
  expect(hello).toMatchObject({ t: "hello", more: true });
  expect(second).toMatchObject({ t: "cursors", more: true });
  expect(third).toEqual({ t: "cursors", cursors: expect.any(Array) });
  expect(again.heard.length).toBe(3);
  const told = again.heard.flatMap((frame) => ("cursors" in frame ? (frame.cursors ?? []) : []));
  expect(new Set(told.map(([id]) => id)).size).toBe(2500);
});

test("[SDK4] a lost line is opened again after a wait; a close in the range that says stop ends that", async () => {
  const given = world();
  (await live(given)).close(1006);
  expect(given.client.line).toMatchObject({ is: "waiting", attempt: 1, until: given.clock.now() + 250 });
  await given.clock.advance(249);
  expect(given.ends.length).toBe(1);
  await given.clock.advance(1);
  expect(given.ends.length).toBe(2);
  (await greet(given)).close(4501, "This token is not valid.");
  expect(given.client.line).toEqual({ is: "stopped", code: 4501, reason: "This token is not valid." });
  await given.clock.advance(1_000_000);
  expect(given.ends.length).toBe(2);
  given.client.connect();
  expect(given.ends.length).toBe(3);
});

test("[SDK4] a refused hello stops the line, or tries again where it may be taken later", async () => {
  const given = world();
  given.client.connect();
  given.end.accept();
  given.end.say({ t: "error", code: "unavailable", message: "Later.", retry_after: 7000 });
  expect(given.client.line).toMatchObject({ is: "waiting", until: given.clock.now() + 7000 });
  await given.clock.advance(7000);
  given.end.accept();
  given.end.say({ t: "error", code: "bad_token", message: "This token is not known." });
  expect(given.client.line).toEqual({ is: "stopped", code: 4501, reason: "This token is not known." });
  expect(given.end.ended).toBe(true);
});

test("[SDK3] after a bye nothing is tried before its time", async () => {
  const given = world();
  const end = await live(given);
  end.say({ t: "bye", retry_after: 9000 });
  end.close(4000, "The server is restarting.");
  await given.clock.advance(8999);
  expect(given.ends.length).toBe(1);
  await given.clock.advance(1);
  expect(given.ends.length).toBe(2);
});

test("[SDK2] waits grow with every attempt, and begin anew after the line was live for a while", async () => {
  const given = world();
  await live(given);
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    given.end.close();
    const line = given.client.line;
    if (line.is !== "waiting") throw new Error(line.is);
    waits.push(line.until - given.clock.now());
    await given.clock.advance(line.until - given.clock.now());
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  await greet(given);
  await given.clock.advance(10_000);
  given.end.close();
  expect(given.client.line).toMatchObject({ is: "waiting", attempt: 1 });
});

test("[SDK5] answers each beat, and takes a line on which nothing was heard for two for a dead one", async () => {
  const given = world();
  const end = await live(given);
  end.say({ t: "beat", heads: [[ROOM, 3]] });
  end.say({ t: "beat", heads: [] });
  await turn();
  expect(end.heard.slice(1)).toEqual([{ t: "beat" }]);
  await given.clock.advance(2.4 * BEAT);
  expect(given.client.line).toEqual({ is: "live" });
  end.say({ t: "beat", heads: [] });
  await given.clock.advance(2.4 * BEAT);
  expect(given.client.line).toEqual({ is: "live" });
  await given.clock.advance(0.1 * BEAT);
  expect(given.client.line).toMatchObject({ is: "waiting" });
  expect(end.ended).toBe(true);
});

test("[SDK5] a socket that never gets as far as a welcome is given up", async () => {
  const given = world();
  given.client.connect();
  await given.clock.advance(15_000);
  expect(given.client.line).toMatchObject({ is: "waiting" });
  expect(given.end.ended).toBe(true);
});

test("[SDK6] without a network the line is offline until there is one again, and is not tried meanwhile", async () => {
  const given = world();
  await live(given);
  const since = given.clock.now();
  given.network.is = false;
  given.network.changed();
  expect(given.client.line).toEqual({ is: "offline", since });
  await given.clock.advance(5000);
  expect(given.ends.length).toBe(1);
  given.network.is = true;
  given.network.changed();
  expect(given.client.line).toEqual({ is: "connecting" });
  expect(given.ends.length).toBe(2);
});

test("[SDK6] a device that says it has no network is doubted from time to time", async () => {
  const given = world();
  await live(given);
  given.network.is = false;
  given.network.changed();
  await given.clock.advance(20_000);
  expect(given.client.line.is).toBe("offline");
  await greet(given);
  expect(given.client.line).toEqual({ is: "live" });
});

test("[SDK4] disconnecting ends every attempt and forgets nothing; a wait is ended by tryNow", async () => {
  const given = world();
  (await live(given, room())).close();
  given.client.tryNow();
  expect(given.client.line).toEqual({ is: "connecting" });
  given.client.disconnect();
  expect(given.client.line).toMatchObject({ is: "stopped", code: 1000 });
  await given.clock.advance(100_000);
  expect(given.ends.length).toBe(2);
  expect(given.client.conversation(ROOM)?.name).toBe("Garden");
});

test("[SDK4] what is no batch of frames ends the socket and not the client", async () => {
  const given = world();
  const end = await live(given);
  end.sayText("{");
  expect(given.client.line).toMatchObject({ is: "waiting" });
  expect(end.ended).toBe(true);
});

test("[SDK1] says how far behind it is while it hears what it missed", async () => {
  const given = world();
  await live(given, room({ head: 3 }));
  const end = await reopened(given);
  end.say(welcome());
  end.say({ t: "resync", conversation: ROOM, have: 3, from: 50, head: 60, check: 1, reset: false });
  expect(given.client.line).toEqual({ is: "catching_up", behind: 11 });
  end.say(entries(ROOM, said(50), entry(51, "joined", { user: ME + 9, name: "Zoe", handle: "zoe", role: "member" })));
  expect(given.client.line).toEqual({ is: "catching_up", behind: 9 });
});
