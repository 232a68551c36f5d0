import { cursorCheck } from "@parley/protocol/cursor";
import type { ConversationId, Seq } from "@parley/protocol/ids";
import type { Committed, Draft, Guard, MarkMove, Opening, Outcome, Write } from "../../core/commit.ts";
import { fold } from "../../core/fold.ts";
import type { Logged } from "../../core/rows.ts";
import { codeOf } from "../kinds.ts";
import { placed, repeated } from "../placing.ts";
import { type EntryRow, loggedOf } from "../rows.ts";
import { nameLock, pairLock, roomLock } from "./locks.ts";

/** What the database answers about one write. */
type Verdict =
  | { is: "written"; at: [id: number, seq: Seq][]; opened?: ConversationId | null }
  | { is: "earlier"; row: EntryRow }
  | { is: "direct"; row: EntryRow; opened: ConversationId }
  | { is: "refused"; guard: number | Guard["is"] };

/** What the database answers about a batch. */
export interface Answer {
  outcomes: Verdict[];
  moved: [ConversationId, number, Seq, Seq, number | null][];
  raised: [ConversationId, number][];
}

/**
 * A batch as the function takes it. Runs of plain posts become one item, which costs one statement: `c` conversation,
 * `a` author, `k` key, `d` digest, `h` check, `t` time, `b` body, `s` since when the author is a member, `p` whether a block between the two of a direct refuses it. The drafts of
 * any other write say the same by the same letters, and `n` the kind; the rest is what that kind changes besides.
 */
export function encoded(writes: readonly Write[], marks: readonly MarkMove[]): string {
  return JSON.stringify({
    names: [...new Set(writes.flatMap(locksOf))],
    heads: [
      ...new Set([
        ...writes.flatMap(placesOf),
        ...marks.flatMap((mark) => (mark.time === undefined ? [] : mark.conversation)),
      ]),
    ],
    inboxes: [...new Set(marks.flatMap(({ user, time }) => (time === undefined ? user : [])))],
    items: itemsOf(writes),
    marks: marks.map(({ conversation, user, delivered, read, time }) => ({
      c: conversation,
      u: user,
      d: delivered,
      r: read,
      t: time ?? null,
    })),
  });
}

/** The answer as the port promises it. */
export function decoded(writes: readonly Write[], { outcomes, moved, raised }: Answer): Committed {
  const last = new Map<string, MarkMove>();
  for (const [conversation, user, delivered, read, time] of moved) {
    const now = { conversation, user, delivered, read };
    last.set(`${conversation}:${user}`, time === null ? now : { ...now, time });
  }
  return {
    outcomes: writes.map((write, at) => outcomeOf(write, outcomes[at] as Verdict)),
    moved: [...last.values()],
    raised: new Map(raised),
  };
}

function outcomeOf(write: Write, verdict: Verdict): Outcome {
  switch (verdict.is) {
    case "written":
      return written(write, verdict.at, verdict.opened ?? null);
    case "earlier":
      return repeated(write, { logged: loggedOf(verdict.row), digest: verdict.row.digest as number });
    case "direct":
      return { is: "duplicate", logged: loggedOf(verdict.row), opened: verdict.opened };
    case "refused":
      return { is: "refused", guard: refusing(write.guards, verdict.guard) };
  }
}

function written({ drafts, time }: Write, at: [id: number, seq: Seq][], opened: ConversationId | null): Outcome {
  const logged: Logged[] = drafts.map((draft, which) => {
    const [id, seq] = at[which] as [number, Seq];
    return placed(draft, { id, seq, time }, opened);
  });
  return { is: "written", logged, opened };
}

function refusing(guards: readonly Guard[], which: number | Guard["is"]): Guard {
  const guard = typeof which === "number" ? guards[which] : guards.find(({ is }) => is === which);
  return guard as Guard;
}

type Item = { posts: object[] } | object;

function itemsOf(writes: readonly Write[]): Item[] {
  const items: Item[] = [];
  let run: { posts: object[]; keys: Set<string> } | null = null;
  for (const write of writes) {
    const post = postOf(write);
    const key = post && `${post.c} ${post.a} ${post.k}`;
    if (!post || !key) {
      run = null;
      items.push(itemOf(write));
      continue;
    }
    // A key that comes twice is judged by what the first became.
    if (!run || run.keys.has(key)) {
      run = { posts: [], keys: new Set() };
      items.push({ posts: run.posts });
    }
    run.keys.add(key);
    run.posts.push(post);
  }
  return items;
}

/** A plain post of a member; null for any other write. */
function postOf({ time, guards, open, access, drafts }: Write) {
  const [draft, ...more] = drafts;
  if (open || access || more.length > 0 || draft?.kind !== "message" || draft.body.mentions?.length) return null;
  const [one, two, three, ...others] = guards;
  if (one?.is !== "open" || two?.is !== "member" || others.length > 0) return null;
  const isPrivate = three?.is === "unblocked" && three.user === draft.author;
  if (three && !(isPrivate && three.conversation === draft.conversation)) return null;
  if (one.conversation !== draft.conversation || two.conversation !== draft.conversation) return null;
  if (two.user !== draft.author) return null;
  return { ...envelopeOf(draft), d: draft.digest, t: time, b: JSON.stringify(draft.body), s: two.since, p: isPrivate };
}

function itemOf({ time, guards, open, access, drafts }: Write): object {
  return {
    t: time,
    guards,
    ...(open && { open: openingOf(open) }),
    ...(access && { access: { ...access, ...(typeof access.ends === "object" && { ended: access.ends.tokenHash }) } }),
    drafts: drafts.map((draft, at) => ({
      ...envelopeOf(draft),
      ...(at === 0 && { d: draft.digest }),
      n: codeOf(draft.kind),
      ...(draft.kind !== "added" && { b: JSON.stringify(draft.body) }),
      ...changeOf(draft),
    })),
  };
}

function envelopeOf({ conversation, author, key }: Draft) {
  return { c: conversation, a: author, k: key, h: cursorCheck(author, key) };
}

function openingOf({ kind, name, topic, visibility, owner, pair }: Opening) {
  return {
    kind,
    name,
    folded: fold(name ?? ""),
    topic,
    visibility,
    owner,
    ...(pair && { low: pair[0], high: pair[1] }),
  };
}

/** What this kind of entry changes besides the log. */
function changeOf(draft: Draft): object {
  switch (draft.kind) {
    case "joined":
    case "promoted":
      return { u: draft.body.user, role: draft.body.role };
    case "left":
    case "blocked":
    case "unblocked":
      return { u: draft.body.user };
    case "message":
      return { m: (draft.body.mentions ?? []).filter((user) => user !== draft.author) };
    case "edited":
    case "deleted":
      return { target: draft.body.target };
    case "renamed":
      return { name: draft.body.name, folded: fold(draft.body.name) };
    case "added":
      return { of: draft.body.conversation };
    default:
      return {};
  }
}

/** Every conversation that a write changes or asks about. */
function placesOf({ guards, drafts }: Write): ConversationId[] {
  const asked = guards.flatMap((guard) => ("conversation" in guard ? guard.conversation : []));
  return [...drafts.flatMap(({ conversation }) => conversation || []), ...asked];
}

/** What must not come to exist meanwhile on another node. */
function locksOf({ guards, open }: Write): number[] {
  const named = guards.flatMap((guard) => {
    if (guard.is === "unnamed") return roomLock(guard.name);
    return guard.is === "holder" ? nameLock() : [];
  });
  return open?.pair ? [...named, pairLock(open.pair)] : named;
}
