import { expect, test } from "bun:test";
import type { Entry } from "@parley/protocol/entries";
import { ChatError } from "@parley/protocol/errors";
import { caughtUpPart, lineShelf, lineStatus, lineStyle } from "./connection.ts";
import { badgeText, conversationName, nextIn } from "./conversations.ts";
import { firstLetter, hueOf, initials, joinNames, shareNames } from "./names.ts";
import { happenings } from "./notices.ts";
import { absence, nameRefusal, refusal, unsent } from "./refusals.ts";
import { ago, counted, dayName } from "./times.ts";
import { typingWords } from "./typing.ts";

const NOW = new Date(2025, 10, 20, 9, 30).getTime();
const CLOSED = { is: "stopped", code: 4501, reason: "This token is not valid." } as const;

test("[WEB11] the line is solid only while it is live", () => {
  expect(lineStyle({ is: "live" })).toBe("live");
  expect(lineStyle({ is: "catching_up", behind: 3 })).toBe("behind");
  expect(lineStyle({ is: "connecting" })).toBe("connecting");
  expect(lineStyle({ is: "waiting", since: 0, until: 0, attempt: 1 })).toBe("off");
  expect(lineStyle({ is: "offline", since: 0 })).toBe("off");
  expect(lineStyle(CLOSED)).toBe("off");
});

test("[WEB11] the state of the line is said in exact words, with the seconds to the next attempt", () => {
  const waiting = { is: "waiting", since: NOW, until: NOW + 3200, attempt: 2 } as const;
  expect(lineStatus({ is: "live" }, NOW)).toBe("Live · up to date");
  expect(lineStatus({ is: "catching_up", behind: 1312 }, NOW)).toBe("Catching up · 1,312 behind");
  expect(lineStatus(waiting, NOW)).toBe("Offline · retry 4 s");
  expect(lineStatus(waiting, NOW + 9000)).toBe("Offline · retry 0 s");
});

test("[WEB11] the shelf says what the line means for what was written, and offers the one thing to do", () => {
  const waiting = { is: "waiting", since: NOW, until: NOW + 4000, attempt: 2 } as const;
  expect(lineShelf(waiting, 3, NOW)).toEqual({
    strong: "Offline.",
    rest: " Reconnecting in 4 s · 3 messages wait here",
    act: "try",
  });
  expect(lineShelf(waiting, 1, NOW + 5000)?.rest).toBe(" Reconnecting now · 1 message waits here");
  expect(lineShelf({ is: "live" }, 2, NOW)).toBeNull();
  expect(lineShelf(CLOSED, 0, NOW)?.act).toBe("connect");
  expect(lineShelf({ is: "stopped", code: 4502, reason: "" }, 0, NOW)?.act).toBe("reload");
});

test("[WEB11] the solid part of a catch-up is the part that is done", () => {
  expect(caughtUpPart(312, 820)).toBeCloseTo(0.62, 2);
  expect(caughtUpPart(0, 0)).toBe(1);
  expect(caughtUpPart(9, 3)).toBe(0);
});

test("[WEB12] the days are named as people name them", () => {
  expect(dayName(NOW - 60_000, NOW)).toBe("Today");
  expect(dayName(new Date(2025, 10, 19, 23, 59).getTime(), NOW)).toBe("Yesterday");
  expect(dayName(new Date(2025, 10, 18, 1, 0).getTime(), NOW)).toBe("Tuesday, 18 November");
  expect(dayName(new Date(2024, 1, 29, 1, 0).getTime(), NOW)).toBe("Thursday, 29 February 2024");
});

test("[WEB12] counts are exact and agree with their word", () => {
  expect(counted(1, "message")).toBe("1 message");
  expect(counted(1204, "message")).toBe("1,204 messages");
  expect(counted(2, "person", "people")).toBe("2 people");
  expect(badgeText(999)).toBe("999");
  expect(badgeText(1000)).toBe("999+");
  expect([0, 1, 59, 60].map((minutes) => ago(NOW - minutes * 60_000, NOW))).toEqual([
    "just now",
    "a minute ago",
    "59 minutes ago",
    "an hour ago",
  ]);
});

test("[WEB13] names are listed without hiding a single one behind a number", () => {
  expect(shareNames(["a", "b", "c"], 2)).toEqual({ shown: ["a", "b", "c"], others: 0 });
  expect(shareNames(["a", "b", "c", "d"], 2)).toEqual({ shown: ["a", "b"], others: 2 });
  expect(joinNames(["Mara", "Jonah"], 3)).toBe("Mara, Jonah and 3 others");
  expect(typingWords([])).toBe("");
  expect(typingWords(["Jonah"])).toBe("Jonah is writing");
  expect(typingWords(["Jonah", "Ines"])).toBe("Jonah and Ines are writing");
});

test("[WEB13] initials are two in scripts with two cases and one grapheme in all others", () => {
  expect(initials("Ada Lund")).toBe("AL");
  expect(initials("  mara  von der lindqvist ")).toBe("ML");
  expect(initials("Pip")).toBe("P");
  expect(initials("Ada Lund 2")).toBe("AL");
  expect(initials("田中 優希")).toBe("田");
  expect(initials("👩‍🚀 Ada")).toBe("👩‍🚀");
  expect(firstLetter("")).toBe("");
});

test("[WEB13] a person keeps one of eight colours", () => {
  expect(hueOf(1_000_000)).toBe(1);
  expect(hueOf(1_000_007)).toBe(8);
  expect(hueOf(-3)).toBe(4);
});

function joined(seq: number, author: number, user = author): Entry {
  const body = { user, name: "x", handle: "x", role: "member" } as const;
  return { id: seq, seq, author, key: `k${seq}`, time: NOW, kind: "joined", body };
}

test("[WEB2] the same act of several people is said once, in the order in which it happened", () => {
  const left: Entry = { id: 3, seq: 3, author: 2, key: "k", time: NOW, kind: "left", body: { user: 2 } };
  const said = happenings([joined(1, 1), joined(2, 2), left, joined(4, 3), joined(5, 4), joined(6, 5), joined(7, 6)]);
  expect(said.map(({ who, others, did }) => [who, others, did])).toEqual([
    [[1, 2], 0, "joined"],
    [[2], 0, "left"],
    [[3, 4], 2, "joined"],
  ]);
});

test("[WEB2] who added whom is said, and is not mixed with those who came by themselves", () => {
  const said = happenings([joined(1, 1, 5), joined(2, 1, 6), joined(3, 7)]);
  expect(said).toEqual([
    { who: [1], others: 0, did: "added", whom: [5, 6], what: null },
    { who: [7], others: 0, did: "joined", whom: [], what: null },
  ]);
});

test("[WEB2] whoever owns a room from now on is named, and no other role is told", () => {
  const promoted = (role: "owner" | "moderator"): Entry => {
    return { id: 4, seq: 4, author: 2, key: "k", time: NOW, kind: "promoted", body: { user: 3, role } };
  };
  expect(happenings([promoted("owner"), promoted("moderator")])).toEqual([
    { who: [3], others: 0, did: "owns this room now", whom: [], what: null },
  ]);
});

test("[WEB14] a conversation is called by its name, its other person, or its people", () => {
  const names = new Map([
    [2, "Mara Lindqvist"],
    [3, "Jonah Okafor"],
  ]);
  const personOf = (id: number) => {
    const name = names.get(id);
    return name === undefined ? undefined : { id, name, handle: "x", kind: "guest" as const, role: "guest" as const };
  };
  const marks = [1, 2, 3].map((user) => ({ user, delivered: 0, read: 0 }));
  const named = (kind: "room" | "direct" | "group", name: string | null) =>
    conversationName({ kind, name, partner: kind === "direct" ? 2 : null, marks }, 1, personOf);
  expect(named("room", "front-desk")).toBe("front-desk");
  expect(named("direct", null)).toBe("Mara Lindqvist");
  expect(named("group", null)).toBe("Mara, Jonah");
  expect(named("group", "Crew")).toBe("Crew");
});

test("[WEB14] walking the list goes round its ends", () => {
  expect(nextIn([1, 2, 3], 3, 1)).toBe(1);
  expect(nextIn([1, 2, 3], 1, -1)).toBe(3);
  expect(nextIn([1, 2], null, 1)).toBe(1);
  expect(nextIn([], 1, 1)).toBeNull();
});

test("[WEB15] a refusal says what happened and what can be done, in place", () => {
  expect(nameRefusal(new ChatError("name_taken"), "Mara", 64)).toBe(
    "Mara claimed this name. Add a letter, or sign in if it is yours.",
  );
  expect(nameRefusal(new ChatError("bad_name"), "?", 64)).toContain("1 to 64 characters");
  expect(nameRefusal(new TypeError("x"), "Mara", 64)).toContain("did not answer");
  expect(refusal(new ChatError("gone"))).toBe("This conversation was deleted.");
  expect(absence(new ChatError("gone"))).toContain("deleted");
  expect(absence(new ChatError("not_found"))).toContain("private");
  expect(unsent("not_member", "x")).toBe("you are not in this room any more");
  expect(unsent("blocked", "x")).toBe("one of you blocked the other");
  expect(unsent("too_fast", "This is faster than the limit.")).toBe("this is faster than the limit");
});
