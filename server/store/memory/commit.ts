import type { ConversationId, Time } from "@parley/protocol/ids";
import type { Committed, Draft, MarkMove, Outcome, Write } from "../../core/commit.ts";
import type { Logged, MemberRow } from "../../core/rows.ts";
import { MOVES_KEPT } from "../bounds.ts";
import { firstOf, known, placed, repeated } from "../placing.ts";
import { applyAccess } from "./access.ts";
import { noteBlock } from "./blocks.ts";
import { holds } from "./guards.ts";
import { retire } from "./people.ts";
import { project } from "./project.ts";
import { append, claimOf, type Log, type State } from "./state.ts";

/** Carries out a whole batch, in order, and then moves the marks. */
export function commitBatch(state: State, writes: readonly Write[], marks: readonly MarkMove[]): Committed {
  const outcomes = writes.map((write) => commitWrite(state, write));
  const moved = moveMarks(state, marks);
  return { outcomes, moved, raised: raise(state, moved) };
}

function commitWrite(state: State, write: Write): Outcome {
  const earlier = earlierOf(state, write);
  if (earlier) return earlier;
  const guard = write.guards.find((condition) => !holds(state, condition));
  if (guard) return { is: "refused", guard };
  const opened = write.open ? state.open(write.open, write.time).row.id : null;
  const logged = write.drafts.map((draft, at) => log(state, draft, write.time, opened, at === 0));
  if (write.access) applyAccess(state, write.access);
  return { is: "written", logged, opened };
}

function earlierOf(state: State, write: Write): Outcome | null {
  const { author, conversation, key } = firstOf(write);
  const own = state.logs.get(conversation);
  const claim = own?.claims.get(claimOf(author, key));
  if (own && claim) return repeated(write, { logged: loggedAt(own, claim.seq), digest: claim.digest });
  const direct = write.open?.pair && state.directs.get(write.open.pair.join());
  return direct ? { is: "duplicate", logged: firstSight(state, own, direct), opened: direct } : null;
}

/** The inbox entry that told of a direct, or the beginning of that direct where there is none. */
function firstSight(state: State, inbox: Log | undefined, direct: ConversationId): Logged {
  const told = inbox?.entries.find((entry) => entry.kind === "added" && entry.body.conversation === direct);
  return inbox && told ? loggedAt(inbox, told.seq) : loggedAt(state.log(direct), 1);
}

function loggedAt(log: Log, seq: number): Logged {
  const entry = log.entries[seq - 1];
  if (!entry) throw new Error(`There is no entry ${seq} in conversation ${log.row.id}.`);
  return { conversation: log.row.id, entry };
}

function log(state: State, draft: Draft, time: Time, opened: ConversationId | null, claims: boolean): Logged {
  const log = state.log(known(draft.conversation, opened));
  const seq = log.row.head + 1;
  const logged = placed(structuredClone(draft), { id: state.nextEntry(), seq, time }, opened);
  append(log, logged.entry);
  if (claims) log.claims.set(claimOf(draft.author, draft.key), { seq, digest: draft.digest });
  project(log, logged.entry);
  noteBlock(state, logged.entry);
  if (log.row.kind === "inbox" && log.row.closed && log.row.owner !== null) retire(state, log.row.owner);
  return logged;
}

function moveMarks(state: State, marks: readonly MarkMove[]): MarkMove[] {
  const moved = new Map<string, MarkMove>();
  for (const mark of marks) {
    const log = state.logs.get(mark.conversation);
    const now = log && moveMark(log, mark);
    if (now) moved.set(`${mark.conversation}:${mark.user}`, now);
  }
  return [...moved.values()];
}

/** Counts once for each row whose followers are told. */
function raise(state: State, moved: readonly MarkMove[]): Map<ConversationId, number> {
  const told = moved.flatMap(({ conversation, user, time }) =>
    time !== undefined ? conversation : (state.users.get(user)?.inbox ?? []),
  );
  return new Map([...new Set(told)].map((id) => [id, ++state.log(id).row.moved]));
}

/** The mark as it is now, or null where it stayed. */
function moveMark(log: Log, { conversation, user, time, ...mark }: MarkMove): MarkMove | null {
  const member = log.members.get(user);
  if (!member) return null;
  const read = Math.max(member.read, Math.min(mark.read, log.row.head));
  const delivered = Math.max(member.delivered, Math.min(mark.delivered, log.row.head), read);
  if (read === member.read && delivered === member.delivered) return null;
  if (time !== undefined) remember(log, member, { delivered, read }, time);
  Object.assign(member, { read, delivered });
  return { conversation, user, delivered, read, ...(time !== undefined && { time }) };
}

function remember(log: Log, was: MemberRow, now: Pick<MarkMove, "delivered" | "read">, time: Time): void {
  const moves = log.moves.get(was.user) ?? { delivered: [], read: [] };
  log.moves.set(was.user, moves);
  for (const mark of ["delivered", "read"] as const) {
    if (now[mark] === was[mark]) continue;
    moves[mark] = [...moves[mark], { past: was[mark], seq: now[mark], time }].slice(-MOVES_KEPT);
  }
}
