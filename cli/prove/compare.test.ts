import { expect, test } from "bun:test";
import type { Item, Message } from "@parley/protocol/messages";
import { type Acknowledged, type Copy, compare, type Evidence, total } from "./compare.ts";

const [ADA, BEN] = [1_000_000, 1_000_001];
const FINE = { lost: 0, duplicated: 0, misordered: 0, unread_drift: 0 };

function message(seq: number, author: number, more: Partial<Message> = {}): Message {
  const says = { text: `${author}/${seq}`, mentions: [], edited: null, deleted: false };
  return { kind: "message", id: seq, seq, author, key: `k${seq}`, time: seq, ...says, ...more };
}

function post({ seq, author, text }: Message): Acknowledged {
  return { author, order: seq, seq, what: { is: "post", text: text ?? "" } };
}

function copyOf(items: readonly Item[], more: Partial<Copy> = {}): Copy {
  return { user: ADA, items: structuredClone([...items]), read: 0, unread: 2, counted: 2, ...more };
}

/** Four messages, two by each, of which Ada has read none and Ben all. */
function evidence(): Evidence & { log: Message[]; acknowledged: Acknowledged[]; copies: Copy[] } {
  const log = [message(1, ADA), message(2, BEN), message(3, ADA), message(4, BEN)];
  const copies = [copyOf(log), copyOf(log, { user: BEN, read: 4, unread: 0, counted: 0 })];
  return { head: 4, log, acknowledged: log.map(post), copies, unanswered: 0, preamble: 0 };
}

test("[PROVE1] a log that has everything that was acknowledged, and copies that are the log, break nothing", () => {
  expect(compare(evidence())).toEqual({ ...FINE, delivered: 8 });
});

test("[PROVE1] an acknowledged message that is not in the log is lost; so is one that says something else", () => {
  const gone = evidence();
  gone.acknowledged.push({ author: ADA, order: 5, seq: 5, what: { is: "post", text: "gone" } });
  expect(compare(gone)).toMatchObject({ ...FINE, lost: 1 });
  const changed = evidence();
  changed.acknowledged[0] = { author: ADA, order: 1, seq: 1, what: { is: "post", text: "what was written" } };
  expect(compare(changed)).toMatchObject({ ...FINE, lost: 1 });
});

test("[PROVE1] an acknowledged edit or deletion that left no trace is lost", () => {
  const edited = evidence();
  edited.acknowledged.push({ author: ADA, order: 5, seq: 5, what: { is: "edit", target: 1, text: "better" } });
  expect(compare({ ...edited, head: 5 })).toMatchObject({ ...FINE, lost: 1 });
  const deleted = evidence();
  deleted.acknowledged.push({ author: BEN, order: 5, seq: 5, what: { is: "delete", target: 2 } });
  expect(compare({ ...deleted, head: 5 })).toMatchObject({ ...FINE, lost: 1 });
});

test("[PROVE1] the last edit is what counts, and a deletion outlives every edit", () => {
  const { copies: _, ...known } = evidence();
  const log = [message(1, ADA, { text: "second", edited: 6 }), message(2, BEN, { text: null, deleted: true })];
  const acknowledged: Acknowledged[] = [
    ...evidence().acknowledged.slice(0, 2),
    { author: ADA, order: 6, seq: 6, what: { is: "edit", target: 1, text: "second" } },
    { author: ADA, order: 5, seq: 5, what: { is: "edit", target: 1, text: "first" } },
    { author: BEN, order: 3, seq: 3, what: { is: "delete", target: 2 } },
    { author: BEN, order: 4, seq: 4, what: { is: "edit", target: 2, text: "too late" } },
  ];
  expect(compare({ ...known, head: 6, log, acknowledged, copies: [] })).toEqual({ ...FINE, delivered: 0 });
});

test("[PROVE1] what a copy lacks, and what an edit did not reach, is lost there", () => {
  const { log, copies, ...known } = evidence();
  const short = [copyOf(log.slice(0, 3)), copies[1] as Copy];
  expect(compare({ ...known, log, copies: short })).toMatchObject({ ...FINE, lost: 1 });
  const stale = copyOf([{ ...(log[0] as Message), text: "before the edit" }, ...log.slice(1)]);
  expect(compare({ ...known, log, copies: [stale] })).toMatchObject({ ...FINE, lost: 1 });
});

test("[PROVE1] an entry that nobody was told of was written twice, unless a write has no answer", () => {
  const { log, copies: _, ...known } = evidence();
  const twice = { ...known, head: 5, log: [...log, message(5, ADA, { key: "k3" })], copies: [] };
  expect(compare(twice)).toMatchObject({ ...FINE, duplicated: 2 });
  expect(compare({ ...known, head: 5, log, copies: [] })).toMatchObject({ ...FINE, duplicated: 1 });
  expect(compare({ ...known, head: 5, log, copies: [], unanswered: 1 })).toMatchObject(FINE);
});

test("[PROVE1] one entry that answers two writes, and an item that a copy holds twice, are doubled", () => {
  const { log, acknowledged, copies, ...known } = evidence();
  const again = { ...(acknowledged[3] as Acknowledged), order: 9 };
  expect(compare({ ...known, log, copies, acknowledged: [...acknowledged, again] })).toMatchObject({ duplicated: 1 });
  const double = copyOf([...log, log[3] as Message]);
  expect(compare({ ...known, log, acknowledged, copies: [double] })).toMatchObject({ ...FINE, duplicated: 1 });
  const strange = copyOf([...log, message(9, BEN)]);
  expect(compare({ ...known, log, acknowledged, copies: [strange] })).toMatchObject({ ...FINE, duplicated: 1 });
});

test("[PROVE1] an author's writes in another order than they were written, and copies out of order, are misordered", () => {
  const { log, copies, ...known } = evidence();
  const acknowledged = known.acknowledged.map((told) => ({ ...told, order: -told.order }));
  expect(compare({ ...known, log, copies, acknowledged })).toMatchObject({ ...FINE, misordered: 2 });
  const [a, b, c, d] = log as [Message, Message, Message, Message];
  expect(compare({ ...known, log, copies: [copyOf([a, c, b, d])] })).toMatchObject({ ...FINE, misordered: 1 });
});

test("[PROVE1] a count of unread messages that is not what the log says is drift, here or on the server", () => {
  const { log, ...known } = evidence();
  const drifts = [
    copyOf(log, { unread: 1 }),
    copyOf(log, { counted: 3 }),
    copyOf(log, { user: BEN, read: 1, unread: 2, counted: 2 }),
  ];
  expect(compare({ ...known, log, copies: drifts })).toMatchObject({ ...FINE, unread_drift: 3 });
});

test("[PROVE1] verdicts of several conversations are added up", () => {
  const one = { delivered: 1, lost: 2, duplicated: 3, misordered: 4, unread_drift: 5 };
  expect(total([one, one])).toEqual({ delivered: 2, lost: 4, duplicated: 6, misordered: 8, unread_drift: 10 });
});
