import { expect, test } from "bun:test";
import type { ServerFrame } from "@parley/protocol/frames";
import type { Client } from "../client.ts";
import { createClient } from "../create.ts";
import { FakeBrowser, type FakeTab } from "../testing/browser.ts";
import { FakeClock, turn } from "../testing/clock.ts";
import { fakeSockets, type ServerEnd } from "../testing/line.ts";
import {
  BOB,
  CAUGHT_UP,
  checkOf,
  entries,
  entry,
  INBOX,
  introduced,
  ME,
  ROOM,
  room,
  said,
  welcome,
} from "../testing/world.ts";
import { sharedSockets, tabSocket } from "./socket.ts";

/** The lock of whoever leads; those of the tabs have a name behind it. */
const LEADING = /^parley \S+ [^/\s]+$/;
const inbox = room({ id: INBOX, kind: "inbox", name: null, visibility: "private" });

interface Tab {
  at: FakeTab;
  client: Client;
}

/** A browser whose tabs are one person's, and the server's end of every real socket that it opens. */
class Stage {
  readonly browser = new FakeBrowser();
  readonly clock = new FakeClock();
  readonly ends: ServerEnd[] = [];

  get end(): ServerEnd {
    return this.ends.at(-1) as ServerEnd;
  }

  /** A tab whose client has said hello. */
  async tab(token: string | null = "a-token-of-mine"): Promise<Tab> {
    const at = this.browser.open(fakeSockets(this.ends), this.clock);
    let made = 0;
    const client = createClient({
      url: "http://parley.test",
      ...(token !== null && { token }),
      WebSocket: sharedSockets(at),
      clock: at.clock,
      random: () => 0.5,
      randomKey: (length) => `${at.id}k${++made}`.padEnd(length, "-"),
    });
    client.connect();
    await turn();
    return { at, client };
  }

  /** The server takes the newest socket, and tells of a room. */
  async greet(head = 4): Promise<void> {
    this.end.accept();
    await turn();
    await this.say(welcome(), introduced(inbox), introduced(room({ head })), CAUGHT_UP);
  }

  /** The first tab is live, the others are brought up as they come. */
  async first(): Promise<Tab> {
    const tab = await this.tab();
    await this.greet();
    return tab;
  }

  async next(): Promise<Tab> {
    const tab = await this.tab();
    await this.bringUp();
    return tab;
  }

  async say(...frames: ServerFrame[]): Promise<void> {
    this.end.say(...frames);
    await turn();
  }

  /** Answers what is followed, with what belongs before the answer. */
  async bringUp(head = 4, before: (id: number) => ServerFrame[] = () => []): Promise<void> {
    for (const { id, conversation, seq } of this.end.all("follow").filter((one) => !this.#answered.has(one))) {
      const summary = conversation === INBOX ? inbox : room({ head });
      const intro = seq === undefined ? [introduced(summary)] : [];
      this.end.say(...intro, ...before(conversation), { t: "ok", id, result: { conversation: summary } });
    }
    for (const one of this.end.all("follow")) this.#answered.add(one);
    await turn();
  }
  readonly #answered = new Set<unknown>();
}

function texts({ client }: Tab): unknown[] {
  return client.timeline(ROOM).rows.map((row) => (row.kind === "message" ? row.text : row.kind));
}

/** `expect(…).rejects` stands still until the promise is settled, so what settles it could never follow. */
function reasonOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

test("[SDK39] a second tab opens no socket: it is welcomed, brought up from its own cursors, and only then live", async () => {
  const stage = new Stage();
  const one = await stage.first();
  const two = await stage.tab();
  expect(stage.ends.length).toBe(1);
  expect(two.client.me?.id).toBe(ME);
  expect(two.client.line.is).toBe("catching_up");
  expect(stage.end.all("follow")).toMatchObject([{ conversation: INBOX }, { conversation: ROOM }]);
  await stage.bringUp();
  expect(two.client.line.is).toBe("live");
  await stage.say(entries(ROOM, said(5)));
  for (const tab of [one, two]) expect(texts(tab)).toEqual(["line 5"]);
  expect(stage.end.all("hello").length).toBe(1);
});

test("[SDK39] a tab that was away a moment is told only what it missed, while the others hear nothing twice", async () => {
  const stage = new Stage();
  const one = await stage.first();
  const two = await stage.next();
  await stage.say(entries(ROOM, said(5)));
  two.client.disconnect();
  await stage.say(entries(ROOM, said(6), said(7)));
  two.client.connect();
  await turn();
  expect(stage.end.all("follow").slice(2)).toMatchObject([
    { conversation: INBOX },
    { conversation: ROOM, seq: 5, check: checkOf(said(5)) },
  ]);
  await stage.say(entries(ROOM, said(8)));
  await stage.bringUp(8, (id) => (id === ROOM ? [entries(ROOM, said(6), said(7), said(8))] : []));
  for (const tab of [one, two]) expect(texts(tab)).toEqual(["line 5", "line 6", "line 7", "line 8"]);
  expect(stage.end.all("follow").length).toBe(4);
});

test("[SDK39] each tab hears the answers to its own commands, and all hear what was written", async () => {
  const stage = new Stage();
  const [one, two] = [await stage.first(), await stage.next()];
  const refused = reasonOf(one.client.call("list_rooms", {}));
  const listed = two.client.call("list_rooms", {});
  await turn();
  const [first, second] = stage.end.all("list_rooms");
  expect(first?.id).not.toBe(second?.id);
  const listing = { id: 3, name: "x", topic: null, members: 1, head: 1, created: 1, joined: false };
  await stage.say({ t: "ok", id: second?.id ?? 0, result: { rooms: [listing], next: null } });
  await stage.say({ t: "error", id: first?.id ?? 0, code: "forbidden", message: "No." });
  expect(await refused).toMatchObject({ code: "forbidden" });
  expect((await listed).rooms.length).toBe(1);

  const { sent } = two.client.post(ROOM, "from two");
  await turn();
  const { key } = stage.end.last("post");
  await stage.say(entries(ROOM, said(5, "from two", { author: ME, key })));
  expect((await sent).seq).toBe(5);
  expect(texts(one)).toEqual(["from two"]);
});

test("[SDK39] a hole of one tab is nobody else's, and those who were left behind by it are brought up", async () => {
  const stage = new Stage();
  const [one, two] = [await stage.first(), await stage.next()];
  await stage.say(entries(ROOM, said(5)));
  two.client.disconnect();
  two.client.connect();
  await turn();
  const hole = { t: "resync", conversation: ROOM, have: 5, from: 90, head: 89, check: 7, reset: false } as const;
  await stage.bringUp(89, (id) => (id === ROOM ? [hole] : []));
  expect(texts(two)).toEqual(["hole"]);
  expect(texts(one)).toEqual(["line 5"]);
  const again = stage.end.all("follow").slice(4);
  expect(again).toMatchObject([
    { conversation: ROOM, seq: 5, check: checkOf(said(5)) },
    { conversation: ROOM, seq: 89, check: 7 },
  ]);
});

test("[SDK39] all that is on any screen is looked at, also after a follow, and whoever looks hears who is there", async () => {
  const stage = new Stage();
  const [one, two] = [await stage.first(), await stage.next()];
  one.client.look([ROOM]);
  await turn();
  expect(stage.end.last("look").conversations).toEqual([ROOM]);
  await stage.say({ t: "presence", conversation: ROOM, count: 2, here: [ME, BOB] });
  two.client.look([ROOM]);
  await turn();
  expect(two.client.conversation(ROOM)?.here.count).toBe(2);
  expect(stage.end.all("look").length).toBe(1);
  one.at.end();
  const three = await stage.tab();
  await stage.greet();
  expect(stage.end.all("look").length).toBe(0);
  expect(three.client.line.is).toBe("live");
});

test("[SDK39] what nobody has on the screen any more is not looked at any more", async () => {
  const stage = new Stage();
  const [one, two] = [await stage.first(), await stage.next()];
  two.client.look([ROOM]);
  await turn();
  two.at.end();
  await turn();
  expect(stage.end.last("look").conversations).toEqual([]);
  one.client.look([ROOM]);
  await turn();
  expect(stage.end.last("look").conversations).toEqual([ROOM]);
});

test("[SDK39] a follow that is refused for now is asked again, and one refused for good means gone", async () => {
  const stage = new Stage();
  await stage.first();
  const two = await stage.tab();
  const [ofInbox, ofRoom] = stage.end.all("follow");
  await stage.say({ t: "error", id: ofInbox?.id ?? 0, code: "too_fast", message: "", retry_after: 500 });
  await stage.say({ t: "error", id: ofRoom?.id ?? 0, code: "not_found", message: "" });
  expect(two.client.line.is).toBe("catching_up");
  await stage.clock.advance(500);
  await stage.say(introduced(inbox), { t: "ok", id: stage.end.last("follow").id, result: { conversation: inbox } });
  expect([two.client.line.is, two.client.conversations()]).toEqual(["live", []]);
});

test("[SDK39] a tab whose message waits for one that will not come gets a new socket, and everybody with it", async () => {
  const stage = new Stage();
  const [one, two] = [await stage.first(), await stage.next()];
  two.client.post(ROOM, "after something discarded");
  await turn();
  await stage.say({ t: "error", id: stage.end.last("post").id, code: "out_of_order", message: "" });
  expect(stage.end.ended).toBe(true);
  await stage.clock.advance(250);
  expect(stage.ends.length).toBe(2);
  await stage.greet();
  await stage.bringUp();
  expect(stage.end.all("post").length).toBe(1);
  expect([one.client.line.is, two.client.line.is]).toEqual(["live", "live"]);
});

test("[SDK39] the server's goodbye and its verdict are for every tab", async () => {
  const stage = new Stage();
  const [one, two] = [await stage.first(), await stage.next()];
  stage.end.say({ t: "bye", retry_after: 4000 });
  await turn();
  stage.end.close(4000);
  await stage.clock.advance(3999);
  expect(stage.ends.length).toBe(1);
  await stage.clock.advance(1);
  await stage.greet();
  await stage.bringUp();
  for (const { client } of [one, two]) expect(client.line.is).toBe("live");
  stage.end.close(4501, "Signed out.");
  await turn();
  for (const { client } of [one, two]) expect(client.line).toMatchObject({ is: "stopped", code: 4501 });
});

test("[SDK39] a name that is not given is the first tab's to try again", async () => {
  const stage = new Stage();
  const one = await stage.tab(null);
  const refused = reasonOf(one.client.signIn("Alice"));
  await turn();
  stage.end.accept();
  await turn();
  await stage.say({ t: "error", code: "name_taken", message: "Somebody has this name." });
  expect(await refused).toMatchObject({ code: "name_taken" });
  const second = one.client.signIn("Alicia");
  await turn();
  stage.end.accept();
  await turn();
  await stage.say(welcome());
  expect((await second).id).toBe(ME);
});

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

test("[SDK39] a new name of one's own is known to the tabs that come later", async () => {
  const stage = new Stage();
  await stage.first();
  const person = { id: ME, name: "Alice Lund", handle: "alice", kind: "guest", role: "guest" } as const;
  await stage.say(entries(ROOM, entry(5, "profiled", { person }, { author: ME, key: "p" })));
  const two = await stage.tab();
  expect(two.client.me?.name).toBe("Alice Lund");
});
