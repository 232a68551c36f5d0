import type { Entry, EntryOf } from "@parley/protocol/entries";
import type { Seq } from "@parley/protocol/ids";
import type { Log } from "./state.ts";

/** What an entry changes besides the log it stands in. */
export function project(log: Log, entry: Entry): void {
  switch (entry.kind) {
    case "joined":
      return join(log, entry);
    case "left":
      return leave(log, entry);
    case "renamed":
      log.row.name = entry.body.name;
      return;
    case "promoted":
      return promote(log, entry);
    case "message":
      log.row.messages++;
      return;
    case "deleted":
      return erase(log, entry.body.target);
    case "closed":
      log.row.closed = true;
      return;
  }
}

function join(log: Log, { seq, body: { user, role } }: EntryOf<"joined">): void {
  const member = log.members.get(user);
  if (member) {
    member.role = role;
    return;
  }
  log.members.set(user, { conversation: log.row.id, user, role, joined: seq, delivered: seq, read: seq });
  log.spans.set(user, [...(log.spans.get(user) ?? []), { from: seq, to: null }]);
  log.row.members++;
}

function leave(log: Log, { seq, body: { user } }: EntryOf<"left">): void {
  if (!log.members.delete(user)) return;
  log.moves.delete(user);
  const span = log.spans.get(user)?.at(-1);
  if (span) span.to = seq;
  log.row.members--;
}

function promote(log: Log, { body: { user, role } }: EntryOf<"promoted">): void {
  const member = log.members.get(user);
  if (!member) return;
  member.role = role;
  if (role === "owner") log.row.owner = user;
}

/** Blanks a message and all its edits where they stand. */
function erase(log: Log, target: Seq): void {
  log.entries.forEach((entry, at) => {
    if (entry.kind === "message" && entry.seq === target) {
      log.entries[at] = { ...entry, body: { text: null } };
    } else if (entry.kind === "edited" && entry.body.target === target) {
      log.entries[at] = { ...entry, body: { target, text: null } };
    }
  });
}
