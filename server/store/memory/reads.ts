import type { Reach, RoomListing } from "@parley/protocol/conversations";
import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, EntryId, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Item } from "@parley/protocol/messages";
import { fold } from "../../core/fold.ts";
import type { ConversationRow, Head, Logged, MemberRow, Sight, Standing, Stretch, Unread } from "../../core/rows.ts";
import { COUNTED, SCANNED } from "../bounds.ts";
import { type Edit, itemOf } from "../items.ts";
import type { Log, Move, State } from "./state.ts";

export function standing(log: Log | undefined, user: UserId): Standing | null {
  return log ? { row: log.row, member: log.members.get(user) ?? null } : null;
}

export function sight(log: Log | undefined, user: UserId): Sight | null {
  const stood = standing(log, user);
  if (!log || !stood) return null;
  const { unread: others, mentions } = stood.member ? unread(log, user, stood.member.read) : { unread: 0, mentions: 0 };
  return { ...stood, unread: others, mentions, latest: log.entries.at(-1)?.time ?? log.row.created };
}

export function memberships(state: State, user: UserId): { row: ConversationRow; member: MemberRow }[] {
  return [...state.logs.values()]
    .filter(({ row }) => !row.closed && row.kind !== "inbox")
    .flatMap(({ row, members }) => {
      const member = members.get(user);
      return member ? [{ row, member }] : [];
    });
}

export function rooms(
  state: State,
  viewer: UserId,
  page: { after: number; limit: number; query: string },
): RoomListing[] {
  return [...state.logs.values()]
    .filter(({ row }) => isOpenPublicRoom(row) && row.id > page.after)
    .filter(({ row }) => fold(row.name ?? "").includes(fold(page.query)))
    .slice(0, page.limit)
    .map(({ row: { id, name, topic, members, head, created }, members: all }) => {
      return { id, name: name ?? "", topic, members, head, created, joined: all.has(viewer) };
    });
}

export function roomNamed(state: State, name: string): ConversationRow | null {
  const rooms = [...state.logs.values()].map(({ row }) => row);
  return rooms.find((row) => isOpenPublicRoom(row) && row.name === name) ?? null;
}

export function direct(state: State, one: UserId, other: UserId): ConversationRow | null {
  const id = state.directs.get([Math.min(one, other), Math.max(one, other)].join());
  return id === undefined ? null : state.log(id).row;
}

function isOpenPublicRoom({ kind, visibility, closed }: ConversationRow): boolean {
  return kind === "room" && visibility === "public" && !closed;
}

export function heads(state: State, ids: readonly ConversationId[]): Map<ConversationId, Head> {
  const found = ids.flatMap((id) => state.logs.get(id)?.row ?? []);
  return new Map(found.map(({ id, head, check, moved }) => [id, { seq: head, check, moved }]));
}

export function entries(log: Log, after: Seq, limit: number, bytes: number): Entry[] {
  const taken: Entry[] = [];
  let size = 0;
  for (const entry of log.entries.slice(after, after + limit)) {
    size += JSON.stringify(entry).length;
    if (taken.length > 0 && size > bytes) break;
    taken.push(entry);
  }
  return taken;
}

export function located(state: State, id: EntryId): Logged | null {
  for (const log of state.logs.values()) {
    const entry = log.entries.find((one) => one.id === id);
    if (entry) return { conversation: log.row.id, entry };
  }
  return null;
}

export function stretch(log: Log, at: { before: Seq } | { after: Seq }, lowest: Seq, limit: number): Stretch {
  return "before" in at ? stretchBefore(log, at.before, lowest, limit) : stretchAfter(log, at.after, lowest, limit);
}

function stretchBefore(log: Log, before: Seq, lowest: Seq, limit: number): Stretch {
  const asOf = log.row.head;
  const to = Math.min(before - 1, asOf);
  const items: Item[] = [];
  let from = to + 1;
  while (from > lowest && items.length < limit && to - from < SCANNED - 1) {
    const item = itemAt(log, --from);
    if (item) items.unshift(item);
  }
  return { from, to, asOf, items };
}

function stretchAfter(log: Log, after: Seq, lowest: Seq, limit: number): Stretch {
  const asOf = log.row.head;
  const from = Math.max(after + 1, lowest);
  const items: Item[] = [];
  let to = from - 1;
  while (to < asOf && items.length < limit && to - from < SCANNED - 1) {
    const item = itemAt(log, ++to);
    if (item) items.push(item);
  }
  return { from, to, asOf, items };
}

function itemAt(log: Log, seq: Seq): Item | null {
  const entry = log.entries[seq - 1];
  return entry ? itemOf(entry, lastEditOf(log, seq)) : null;
}

function lastEditOf(log: Log, target: Seq): Edit | null {
  const edit = log.entries.findLast((entry) => entry.kind === "edited" && entry.body.target === target);
  return edit?.kind === "edited" ? { text: edit.body.text, time: edit.time } : null;
}

export function unread(log: Log, user: UserId, read: Seq): Unread {
  const messages = log.entries
    .slice(read)
    .filter((entry) => entry.kind === "message")
    .filter((entry) => entry.author !== user && entry.body.text !== null);
  const direct = log.row.kind === "direct";
  const mentions = messages.filter(({ body }) => direct || body.mentions?.includes(user));
  return {
    unread: Math.min(messages.length, COUNTED),
    mentions: Math.min(mentions.length, COUNTED),
    asOf: log.row.head,
  };
}

function othersAt(log: Log, seq: Seq, except: UserId): MemberRow[] {
  return [...log.members.values()].filter(({ user, joined }) => user !== except && joined <= seq);
}

export function reached(log: Log, seq: Seq, except: UserId): { others: number; delivered: number; read: number } {
  const others = othersAt(log, seq, except);
  return {
    others: others.length,
    delivered: others.filter(({ delivered }) => delivered >= seq).length,
    read: others.filter(({ read }) => read >= seq).length,
  };
}

export function reachedBy(log: Log, seq: Seq, except: UserId): Reach[] {
  const people = othersAt(log, seq, except).sort((a, b) => a.user - b.user);
  return people.map(({ user, delivered, read }) => {
    const moves = log.moves.get(user);
    return {
      user,
      ...(delivered >= seq && { delivered: passedAt(moves?.delivered ?? [], seq) }),
      ...(read >= seq && { read: passedAt(moves?.read ?? [], seq) }),
    };
  });
}

/** When the mark went past this seq, where that was kept. */
function passedAt(moves: readonly Move[], seq: Seq): Time | null {
  return moves.find((move) => move.past < seq && move.seq >= seq)?.time ?? null;
}
