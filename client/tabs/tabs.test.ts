import { expect, test } from "bun:test";
import { turn } from "../testing/clock.ts";
import { inbox, Stage, texts } from "../testing/tabs.ts";
import { BOB, checkOf, entries, entry, INBOX, introduced, ME, ROOM, said, welcome } from "../testing/world.ts";

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

test("[SDK39] a new name of one's own is known to the tabs that come later", async () => {
  const stage = new Stage();
  await stage.first();
  const person = { id: ME, name: "Alice Lund", handle: "alice", kind: "guest", role: "guest" } as const;
  await stage.say(entries(ROOM, entry(5, "profiled", { person }, { author: ME, key: "p" })));
  const two = await stage.tab();
  expect(two.client.me?.name).toBe("Alice Lund");
});
