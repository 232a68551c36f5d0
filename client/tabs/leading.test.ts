import { expect, test } from "bun:test";
import { turn } from "../testing/clock.ts";
import { Stage, texts } from "../testing/tabs.ts";
import { CAUGHT_UP, checkOf, entries, INBOX, ROOM, said, welcome } from "../testing/world.ts";
import { tabSocket } from "./socket.ts";

/** The lock of whoever leads; those of the tabs have a name behind it. */
const LEADING = /^parley \S+ [^/\s]+$/;

test("[SDK40] when the tab that leads ends, another goes on from its own cursors", async () => {
  const stage = new Stage();
  const [one, two] = [await stage.first(), await stage.next()];
  await stage.say(entries(ROOM, said(5)));
  one.at.end();
  await stage.clock.advance(250);
  expect(stage.ends.length).toBe(2);
  stage.end.accept();
  await turn();
  expect(stage.end.heard[0]).toMatchObject({
    t: "hello",
    cursors: [
      [INBOX, 0, 0],
      [ROOM, 5, checkOf(said(5))],
    ],
  });
  await stage.say(welcome(), entries(ROOM, said(6)), CAUGHT_UP);
  expect([texts(two), two.client.line.is]).toEqual([["line 5", "line 6"], "live"]);
});

test("[SDK40] a tab that stands still is followed no longer than a second by one that somebody looks at", async () => {
  const stage = new Stage();
  const [one, two] = [await stage.first(), await stage.next()];
  two.at.isVisible = false;
  one.at.freeze();
  await stage.clock.advance(10_000);
  expect(stage.ends.length).toBe(1);
  two.at.isVisible = true;
  await stage.clock.advance(1000);
  expect(stage.browser.holder(LEADING)).toBe(two.at);
  await stage.clock.advance(500);
  expect(stage.ends.length).toBe(2);
  await stage.greet();
  expect(two.client.line.is).toBe("live");

  one.at.thaw();
  await stage.clock.advance(1000);
  await stage.bringUp();
  expect([stage.ends.length, one.client.line.is]).toEqual([2, "live"]);
});

test("[SDK40] a tab that leads and lives is left in its place", async () => {
  const stage = new Stage();
  const [one] = [await stage.first(), await stage.next()];
  await stage.clock.advance(20_000);
  expect([stage.browser.holder(LEADING), stage.ends.length]).toEqual([one.at, 1]);
});

test("[SDK40] tabs of other people have their own line", async () => {
  const stage = new Stage();
  await stage.first();
  await stage.tab("a-token-of-somebody-else");
  expect(stage.ends.length).toBe(2);
});

test("[SDK40] a line that was silent for too long is not handed to a tab that comes", async () => {
  const stage = new Stage();
  const one = await stage.first();
  one.at.freeze();
  await stage.clock.advance(60_000);
  one.at.thaw();
  const two = await stage.tab();
  await stage.clock.advance(1000);
  expect(stage.ends.length).toBe(2);
  await stage.greet();
  await stage.bringUp();
  for (const { client } of [one, two]) expect(client.line.is).toBe("live");
});

test("[SDK40] where there are no locks or channels, each client has a socket of its own", () => {
  expect(tabSocket()).toBeUndefined();
});
