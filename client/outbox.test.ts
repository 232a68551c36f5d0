import { expect, test } from "bun:test";
import type { ErrorCode } from "@parley/protocol/errors";
import type { ClientFrame } from "@parley/protocol/frames";
import { turn } from "./testing/clock.ts";
import type { ServerEnd } from "./testing/line.ts";
import {
  entries,
  greet,
  keptInMemory,
  live,
  ME,
  ROOM,
  reopened,
  room,
  said,
  type World,
  welcome,
  world,
} from "./testing/world.ts";

function posts(end: ServerEnd): unknown[] {
  return end.all("post").map(({ key, text }) => [key, text]);
}

function pending(given: World, id = ROOM) {
  return given.client.timeline(id).pending.map(({ text, is }) => [text, is]);
}

/** One's own message, as the log echoes it. */
function echo(seq: number, key: string, text = "") {
  return said(seq, text, { author: ME, key });
}

function refuse(end: ServerEnd, id: number, code: ErrorCode, retry_after?: number): void {
  end.say({ t: "error", id, code, message: "No.", ...(retry_after !== undefined && { retry_after }) });
}

/** Posts and lets the batch leave. */
async function post(given: World, ...texts: string[]) {
  const posted = texts.map((text) => given.client.post(ROOM, text));
  await turn();
  return posted;
}

test("[SDK17] a message is shown at once, and answered by its own echo", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  const [one] = await post(given, "hello");
  expect(pending(given)).toEqual([["hello", "sending"]]);
  expect(given.client.conversation(ROOM)?.waiting).toBe(1);
  end.say(entries(ROOM, echo(5, one?.key ?? "", "hello")));
  expect(await one?.sent).toEqual({ conversation: ROOM, seq: 5, entry: 1005 });
  expect(given.client.timeline(ROOM)).toMatchObject({ pending: [], rows: [{ text: "hello", seq: 5 }] });
});

test("[SDK17] what has no answer is sent again on the next line, under the same keys and in the same order", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  const [a, b, c] = await post(given, "a", "b", "c");
  end.say(entries(ROOM, echo(5, a?.key ?? "", "a")));
  end.close();
  expect(pending(given)).toEqual([
    ["b", "waiting"],
    ["c", "waiting"],
  ]);
  given.client.post(ROOM, "d");
  await given.clock.advance(250);
  await greet(given);
  expect(posts(given.end)).toEqual([
    [b?.key, "b"],
    [c?.key, "c"],
    [expect.any(String), "d"],
  ]);
});

test("[SDK17] a message that had arrived is settled by the answer, and stays visible until the log shows it", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  const [one] = await post(given, "hello");
  end.answer("post", { conversation: ROOM, seq: 5, entry: 1005 });
  expect(await one?.sent).toEqual({ conversation: ROOM, seq: 5, entry: 1005 });
  expect(pending(given)).toEqual([["hello", "sending"]]);
  end.say(entries(ROOM, echo(5, one?.key ?? "", "hello")));
  expect(pending(given)).toEqual([]);
});

test("[SDK17] nothing is sent before the welcome, and nothing at all without a line", async () => {
  const given = world();
  given.client.connect();
  given.client.post(ROOM, "early");
  given.end.accept();
  await turn();
  expect(given.end.heard.map(({ t }) => t)).toEqual(["hello"]);
  expect(pending(given)).toEqual([["early", "waiting"]]);
  given.end.say(welcome());
  await turn();
  expect(posts(given.end).length).toBe(1);
});

test("[SDK17] what was not answered outlives the process, and its key with it", async () => {
  const keep = keptInMemory();
  const first = world({ keep });
  const end = await live(first, room({ head: 4 }));
  const [a, b] = await post(first, "a", "b");
  end.say(entries(ROOM, echo(5, a?.key ?? "", "a")));
  await turn();
  const second = world({ keep });
  expect(pending(second)).toEqual([["b", "waiting"]]);
  const again = await live(second, room({ head: 5 }));
  expect(posts(again)).toEqual([[b?.key, "b"]]);
  again.answer("post", { conversation: ROOM, seq: 5, entry: 1 });
  await turn();
  expect(keep.get("parley.outbox")).toBeNull();
});

test("[SDK17] two clients of one person keep their messages beside each other", async () => {
  const keep = keptInMemory();
  const one = world({ keep });
  const other = world({ keep, randomKey: () => "other-key" });
  one.client.post(ROOM, "from one");
  await turn();
  other.client.post(ROOM, "from the other");
  await turn();
  const kept = JSON.parse(keep.get("parley.outbox") ?? "[]") as { text: string }[];
  expect(kept.map(({ text }) => text).sort()).toEqual(["from one", "from the other"]);
});

test("[SDK17] what one client wrote keeps its order, also where another one took over the first part of it", async () => {
  const keep = keptInMemory();
  const one = world({ keep });
  for (const text of ["a", "b"]) one.client.post(ROOM, text);
  await turn();
  const other = world({ keep, randomKey: () => "other-key" });
  one.client.post(ROOM, "c");
  await turn();
  other.client.post(ROOM, "beside");
  await turn();
  const third = world({ keep, randomKey: () => "third-key" });
  expect(pending(third).map(([text]) => text)).toEqual(["a", "b", "c", "beside"]);
});

test("[SDK18] after a passing refusal the message and all after it are sent again, in order, not before their time", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  const [a, b, c] = await post(given, "a", "b", "c");
  const [first, second, third] = end.all("post").map(({ id }) => id) as [number, number, number];
  refuse(end, first, "too_fast", 3000);
  refuse(end, second, "out_of_order");
  refuse(end, third, "out_of_order");
  expect(pending(given).map(([, is]) => is)).toEqual(["waiting", "waiting", "waiting"]);
  given.client.post(ROOM, "d");
  await given.clock.advance(2999);
  expect(posts(end).length).toBe(3);
  await given.clock.advance(1);
  expect(posts(end).slice(3)).toEqual([
    [a?.key, "a"],
    [b?.key, "b"],
    [c?.key, "c"],
    [expect.any(String), "d"],
  ]);
  expect(given.client.line.is).toBe("live");
});

test("[SDK18] an order that only a new line can mend gets a new line", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  const [a] = await post(given, "a", "b");
  const [first, second] = end.all("post").map(({ id }) => id) as [number, number];
  refuse(end, first, "too_fast", 3000);
  refuse(end, second, "out_of_order");
  given.client.discard(a?.key ?? "");
  await given.clock.advance(3000);
  expect(posts(end).slice(2)).toMatchObject([[expect.any(String), "b"]]);
  refuse(end, end.last("post").id, "out_of_order");
  expect(end.ended).toBe(true);
  await given.clock.advance(250);
  await greet(given);
  expect(posts(given.end)).toMatchObject([[expect.any(String), "b"]]);
});

test("[SDK18] an internal error that stays becomes a failure; a busy server is asked again for ever", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  await post(given, "a");
  for (let times = 0; times < 40; times++) {
    refuse(end, end.last("post").id, "unavailable");
    await given.clock.advance(19_000);
    end.say({ t: "beat", heads: [] });
  }
  expect(pending(given)).toEqual([["a", "sending"]]);
  refuse(end, end.last("post").id, "internal");
  expect(pending(given)).toEqual([["a", "failed"]]);
});

test("[SDK19] a refusal for good is shown with its reason; the rest goes on; it can be sent again or dropped", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  const [a, b] = await post(given, "a", "b");
  refuse(end, end.all("post")[0]?.id ?? 0, "not_member");
  await expect(a?.sent).rejects.toMatchObject({ code: "not_member" });
  end.say(entries(ROOM, echo(5, b?.key ?? "", "b")));
  expect(given.client.timeline(ROOM).pending).toMatchObject([
    { text: "a", is: "failed", error: { code: "not_member", message: "No." } },
  ]);
  expect(given.client.conversation(ROOM)?.waiting).toBe(0);
  given.client.retry(a?.key ?? "");
  await turn();
  expect(posts(end).at(-1)).toEqual([a?.key, "a"]);
  expect(given.client.timeline(ROOM).pending).toMatchObject([{ is: "sending", error: null }]);
  refuse(end, end.last("post").id, "not_member");
  given.client.discard(a?.key ?? "");
  expect(pending(given)).toEqual([]);
});

test("[SDK19] a failure outlives the process as a failure", async () => {
  const keep = keptInMemory();
  const first = world({ keep });
  const end = await live(first, room({ head: 4 }));
  await post(first, "a");
  refuse(end, end.last("post").id, "forbidden");
  await turn();
  const second = world({ keep });
  expect(second.client.timeline(ROOM).pending).toMatchObject([{ is: "failed", error: { code: "forbidden" } }]);
  await live(second, room({ head: 4 }));
  expect(posts(second.end)).toEqual([]);
});

test("[SDK19] a text above the limit is not sent, since its batch could not be answered", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  const [long, fits] = await post(given, "ü".repeat(8001), "😀".repeat(8000));
  await expect(long?.sent).rejects.toMatchObject({ code: "text_too_long" });
  expect(posts(end)).toEqual([[fits?.key, "😀".repeat(8000)]]);
});

test("[SDK20] no more than 32 messages of a conversation wait for an answer; others are sent as answers come", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }), room({ id: 8 }));
  const posted = await post(given, ...Array.from({ length: 40 }, (_, at) => `${at}`));
  given.client.post(8, "elsewhere");
  await turn();
  expect(posts(end).length).toBe(33);
  end.say(entries(ROOM, ...posted.slice(0, 5).map(({ key }, at) => echo(5 + at, key))));
  await turn();
  expect(end.all("post").filter(({ conversation }) => conversation === ROOM).length).toBe(37);
  const inRoom = end.all("post").filter(({ conversation }) => conversation === ROOM);
  expect(inRoom.map(({ text }) => text)).toEqual(Array.from({ length: 37 }, (_, at) => `${at}`));
});

test("[SDK17] after a hole, in which an echo may have been, what waits is asked for again under its key", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  const [a] = await post(given, "a");
  end.say({ t: "resync", conversation: ROOM, have: 4, from: 90, head: 89, check: 3, reset: false });
  await turn();
  expect(posts(end)).toEqual([
    [a?.key, "a"],
    [a?.key, "a"],
  ]);
  end.answer("post", { conversation: ROOM, seq: 50, entry: 1050 });
  expect(await a?.sent).toMatchObject({ seq: 50 });
  expect(pending(given)).toEqual([]);
});

test("[SDK17] edits and deletions keep their place among the posts, and are answered by their echoes", async () => {
  const given = world();
  const end = await live(given, room({ head: 4 }));
  end.say(entries(ROOM, echo(5, "mine", "first")));
  given.client.post(ROOM, "a");
  const edited = given.client.edit(ROOM, 5, "second");
  const deleted = given.client.call("delete", { conversation: ROOM, target: 5 });
  await turn();
  const sent = end.heard.filter((frame): frame is Extract<ClientFrame, { key: string }> => "key" in frame);
  expect(sent.map(({ t }) => t)).toEqual(["post", "edit", "delete"]);
  refuse(end, end.last("delete").id, "forbidden");
  await expect(deleted).rejects.toMatchObject({ code: "forbidden" });
  const change = { ...said(6), author: ME, key: sent[1]?.key, kind: "edited", body: { target: 5, text: "second" } };
  end.say(entries(ROOM, change as never));
  expect(await edited).toMatchObject({ seq: 6 });
  expect(given.client.timeline(ROOM)).toMatchObject({ rows: [{ text: "second", edited: 2006 }], pending: [{}] });
  expect((await reopened(given)).heard.length).toBe(1);
});
