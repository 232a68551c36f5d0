import type { Conversation, Mark } from "@parley/protocol/conversations";
import type { Body, Entry } from "@parley/protocol/entries";
import type { Seq, UserId } from "@parley/protocol/ids";
import { tellsMarks } from "@parley/protocol/marks";

/** A conversation after one more entry. The same object where the entry says nothing about it. */
export function fold(conversation: Conversation, entry: Entry, me: UserId): Conversation {
  switch (entry.kind) {
    case "joined":
      return joined(conversation, entry.body.user, entry.seq, me === entry.body.user ? entry.body.role : null);
    case "left":
      return left(conversation, entry.body.user, me);
    case "renamed":
      return { ...conversation, name: entry.body.name };
    case "promoted":
      return promoted(conversation, entry.body, me);
    case "created":
    case "message":
    case "edited":
    case "deleted":
    case "profiled":
    case "closed":
    case "added":
    case "removed":
    case "dissolved":
    case "secured":
    case "signed_out":
    case "blocked":
    case "unblocked":
      return conversation;
    default:
      // A kind of a later version.
      entry satisfies never;
      return conversation;
  }
}

function joined(was: Conversation, user: UserId, seq: Seq, role: Conversation["role"]): Conversation {
  const marks = was.marks.length > 0 ? withMarks(was.marks, [{ user, delivered: seq, read: seq }]) : was.marks;
  const now = onlyToldMarks({ ...was, members: was.members + 1, marks });
  if (role === null) return now;
  return { ...now, role, joined: seq, delivered: Math.max(was.delivered, seq), read: Math.max(was.read, seq) };
}

function left(was: Conversation, user: UserId, me: UserId): Conversation {
  const marks = was.marks.filter((mark) => mark.user !== user);
  const role = user === me ? null : was.role;
  return onlyToldMarks({ ...was, role, members: Math.max(0, was.members - 1), marks });
}

function promoted(was: Conversation, { user, role }: Body<"promoted">, me: UserId): Conversation {
  const now = role === "owner" ? { ...was, owner: user } : was;
  return user === me ? { ...now, role } : now;
}

function onlyToldMarks(conversation: Conversation): Conversation {
  return tellsMarks(conversation) ? conversation : { ...conversation, marks: [] };
}

/** Marks after news of some of them: each only moves forward. The same object where none moved. */
export function withMarks(marks: readonly Mark[], news: readonly Mark[]): Mark[] {
  const moved = new Map(marks.map((mark) => [mark.user, mark]));
  let changed = false;
  for (const { user, delivered, read } of news) {
    const was = moved.get(user);
    if (was && was.delivered >= delivered && was.read >= read) continue;
    changed = true;
    const now = { delivered: Math.max(was?.delivered ?? 0, delivered), read: Math.max(was?.read ?? 0, read) };
    moved.set(user, { user, ...now });
  }
  return changed ? [...moved.values()] : (marks as Mark[]);
}

/** How far everybody else is, by the one who is least far; 0 where nobody's marks are told. */
export function reachedBy(marks: readonly Mark[], me: UserId): { delivered: Seq; read: Seq } {
  const others = marks.filter((mark) => mark.user !== me);
  if (others.length === 0) return { delivered: 0, read: 0 };
  const read = Math.min(...others.map((mark) => mark.read));
  return { delivered: Math.min(...others.map((mark) => Math.max(mark.delivered, mark.read))), read };
}
