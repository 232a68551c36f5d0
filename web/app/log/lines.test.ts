import { expect, test } from "bun:test";
import type { Hole, Pending, Row, Timeline } from "@parley/client/views";
import type { Entry } from "@parley/protocol/entries";
import type { Message } from "@parley/protocol/messages";
import { isSilent, type LogLine, type LogSource, lastOwn, logLines, seenUpTo } from "./lines.ts";

const ME = 1_000_001;
const MARA = 1_000_000;
const NOON = new Date(2025, 10, 20, 12, 0).getTime();
const MINUTE = 60_000;

function said(seq: number, author: number, time: number, more: Partial<Message> = {}): Message {
  const plain = { text: `line ${seq}`, mentions: [], edited: null, deleted: false };
  return { kind: "message", id: seq, seq, author, key: `k${seq}`, time, ...plain, ...more };
}

function came(seq: number, user: number, time: number, kind: "joined" | "left" = "joined"): Row {
  const head = { id: seq, seq, author: user, key: `n${seq}`, time };
  const joined: Entry = { ...head, kind: "joined", body: { user, name: "x", handle: "x", role: "member" } };
  return { kind: "notice", entry: kind === "joined" ? joined : { ...head, kind: "left", body: { user } } };
}

function pending(key: string, is: Pending["is"], time = NOON): Pending {
  return { kind: "pending", key, conversation: 1, text: key, time, is, error: null };
}

function timeline(rows: Row[], more: Partial<Timeline> = {}): Timeline {
  const reached = { sent: 0, delivered: 0, read: 0 };
  return { rows, pending: [], complete: true, loadingOlder: false, head: rows.length, reached, ...more };
}

function lines(rows: Row[], more: Partial<LogSource> = {}): LogLine[] {
  return logLines({
    timeline: timeline(rows),
    kind: "room",
    me: ME,
    newLine: null,
    quietSince: null,
    heads: new Set(),
    ...more,
  });
}

const heads = (all: LogLine[]) => all.flatMap((line) => (line.is === "message" ? line.first : []));
const kinds = (all: LogLine[]) => all.map((line) => line.is);

test("[WEB1] messages of one author form one group until ten minutes have passed", () => {
  const all = [said(1, MARA, NOON), said(2, MARA, NOON + 9 * MINUTE), said(3, MARA, NOON + 19 * MINUTE)];
  expect(heads(lines(all))).toEqual([true, false, true]);
});

test("[WEB5] a message that was drawn with its author keeps that when older ones of its group are loaded", () => {
  const all = [said(1, MARA, NOON), said(2, MARA, NOON + MINUTE), said(3, MARA, NOON + 2 * MINUTE)];
  expect(heads(lines(all, { heads: new Set([2]) }))).toEqual([true, true, false]);
});

test("[WEB1] another author, a day and a notice start a group", () => {
  const next = NOON + 24 * 60 * MINUTE;
  const all = [said(1, MARA, NOON), said(2, ME, NOON), said(3, ME, next), came(4, MARA, next), said(5, ME, next)];
  expect(heads(lines(all))).toEqual([true, true, true, true]);
  expect(kinds(lines(all)).filter((is) => is === "day").length).toBe(2);
});

test("[WEB2] comings and goings within a minute of the first share one line", () => {
  const all = [
    came(1, 1, NOON),
    came(2, 2, NOON + 30_000, "left"),
    came(3, 3, NOON + 61_000),
    came(4, 4, NOON + 62_000),
  ];
  const notices = lines(all).filter((line) => line.is === "notice");
  expect(notices.map((line) => line.entries.map((entry) => entry.seq))).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(notices.map((line) => line.key)).toEqual(["seq:1", "seq:3"]);
});

test("[WEB2] between two people nobody comes or goes", () => {
  expect(kinds(lines([came(1, MARA, NOON), said(2, MARA, NOON)], { kind: "direct" }))).toEqual([
    "top",
    "day",
    "message",
  ]);
});

test("[WEB3] the line of what is new stands before the first unseen message of somebody else", () => {
  const all = [said(1, MARA, NOON), said(2, ME, NOON), came(3, 5, NOON), said(4, MARA, NOON), said(5, MARA, NOON)];
  const drawn = lines(all, { newLine: { after: 1, count: 2 } });
  const at = drawn.findIndex((line) => line.is === "new");
  expect(drawn[at]).toMatchObject({ count: 2 });
  expect(drawn[at + 1]).toMatchObject({ is: "message", seq: 4, first: true });
  expect(kinds(drawn).filter((is) => is === "new").length).toBe(1);
});

test("[WEB4] a message keeps its line from waiting to sent, and others' messages have keys of their own", () => {
  const before = lines([], { timeline: timeline([], { pending: [pending("abc", "sending")] }) });
  const after = lines([said(1, ME, NOON, { key: "abc" }), said(2, MARA, NOON, { key: "abc" })]);
  const keyOf = (all: LogLine[], is: string) => all.find((line) => line.is === is)?.key;
  expect(keyOf(before, "pending")).toBe(keyOf(after, "message") ?? "");
  expect(new Set(after.map((line) => line.key)).size).toBe(after.length);
});

test("[WEB4] each state is said once, under the last own message it covers, and the furthest wins", () => {
  const all = [said(1, ME, NOON), said(2, ME, NOON), said(3, MARA, NOON), said(4, ME, NOON)];
  const reached = { read: 2, delivered: 2, sent: 4 };
  const drawn = lines(all, { kind: "direct", timeline: timeline(all, { reached }) });
  const states = drawn.flatMap((line) => (line.is === "message" ? [line.state] : []));
  expect(states).toEqual([null, "read", null, "sent"]);
});

test("[WEB4] how many messages wait is said under the last of them only", () => {
  const waiting = [pending("a", "failed"), pending("b", "waiting"), pending("c", "waiting")];
  const drawn = lines([], { timeline: timeline([], { pending: waiting }), quietSince: NOON });
  expect(drawn.flatMap((line) => (line.is === "pending" ? [line.waiting] : []))).toEqual([0, 0, 2]);
  expect(kinds(drawn)).toEqual(["top", "quiet", "day", "pending", "pending", "pending"]);
});

test("[WEB5] a hole is a band with the times around it, and is not taken for the beginning", () => {
  const hole: Hole = { kind: "hole", from: 2, to: 9, count: 8, loading: false };
  const all: Row[] = [said(1, MARA, NOON), hole, said(10, MARA, NOON + MINUTE)];
  expect(lines(all).find((line) => line.is === "hole")).toMatchObject({ after: NOON, before: NOON + MINUTE });
  const ends = (rows: Row[], complete: boolean) => lines(rows, { timeline: timeline(rows, { complete }) })[0];
  expect(ends([hole], false)).toMatchObject({ end: "hole" });
  expect(ends([], false)).toMatchObject({ end: "more" });
  expect(ends([], true)).toMatchObject({ end: "beginning" });
});

test("[WEB5] older lines do not change the keys of those that were there", () => {
  const hole = (to: number): Row => ({ kind: "hole", from: 1, to, count: to, loading: false });
  const before = lines([hole(8), said(9, MARA, NOON)]);
  const after = lines([hole(6), said(7, MARA, NOON), said(8, MARA, NOON), said(9, MARA, NOON)]);
  const keys = new Set(after.map((line) => line.key));
  expect(before.every((line) => keys.has(line.key))).toBe(true);
});

test("[WEB6] seen is everything up to the last line in sight that has a place in the log", () => {
  const drawn = lines([said(1, MARA, NOON), came(2, 5, NOON)], {
    timeline: timeline([said(1, MARA, NOON), came(2, 5, NOON)], { pending: [pending("a", "sending")] }),
  });
  expect(seenUpTo(drawn, drawn.length - 1)).toBe(2);
  expect(seenUpTo(drawn, 2)).toBe(1);
  expect(seenUpTo(drawn, 0)).toBe(0);
});

test("[WEB7] a conversation is called silent only when all of it is loaded and nobody has said anything", () => {
  expect(isSilent(timeline([came(1, MARA, NOON)]))).toBe(true);
  expect(isSilent(timeline([came(1, MARA, NOON)], { complete: false }))).toBe(false);
  expect(isSilent(timeline([], { pending: [pending("a", "waiting")] }))).toBe(false);
  expect(isSilent(timeline([said(1, MARA, NOON)]))).toBe(false);
});

test("[WEB8] the message that the arrow upwards edits is one's newest that still says something", () => {
  const all = [said(1, ME, NOON), said(2, MARA, NOON), said(3, ME, NOON, { text: null, deleted: true })];
  expect(lastOwn(timeline(all), ME)?.seq).toBe(1);
  expect(lastOwn(timeline([said(1, MARA, NOON)]), ME)).toBeNull();
});
