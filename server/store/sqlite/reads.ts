import type { Mark, Member, Reach, RoomListing } from "@parley/protocol/conversations";
import type { ConversationId, Seq, Time, UserId } from "@parley/protocol/ids";
import { fold } from "../../core/fold.ts";
import type { ConversationRow, Head, MemberRow, Sight, Standing, Unread } from "../../core/rows.ts";
import { COUNTED } from "../bounds.ts";
import { CONVERSATION } from "../rows.ts";
import { MARK_KINDS } from "./marks.ts";
import { conversationOf, MEMBER, type StoredConversation } from "./rows.ts";
import type { Statements } from "./statements.ts";

const STANDING = `${CONVERSATION}, m.role, m.joined, m.delivered, m.read`;

/** Every question about conversations and members, as it is put to the database. */
export const READS = {
  conversation: `SELECT ${CONVERSATION} FROM conversations AS c WHERE c.id = ?`,
  member: `SELECT ${MEMBER} FROM members AS m WHERE m.conversation = ? AND m.user = ?`,
  standing: `SELECT ${STANDING} FROM conversations AS c LEFT JOIN members AS m ON m.conversation = c.id AND m.user = ?2
    WHERE c.id = ?1`,
  sight: `SELECT ${STANDING},
      (SELECT count(*) FROM (SELECT 1 FROM entries
        WHERE conversation = c.id AND seq > m.read AND live = 1 AND author <> ?2 LIMIT ${COUNTED})) AS unread,
      (SELECT count(*) FROM (SELECT 1 FROM mentions
        WHERE conversation = c.id AND user = ?2 AND seq > m.read LIMIT ${COUNTED})) AS mentions,
      coalesce((SELECT time FROM entries WHERE conversation = c.id AND seq = c.head), c.created) AS latest
    FROM conversations AS c LEFT JOIN members AS m ON m.conversation = c.id AND m.user = ?2 WHERE c.id = ?1`,
  memberships: `SELECT ${STANDING}
    FROM members AS m INDEXED BY memberships JOIN conversations AS c ON c.id = m.conversation
    WHERE m.user = ? AND c.closed = 0 AND c.kind <> 'inbox' ORDER BY m.conversation`,
  spans: `SELECT began AS 'from', ended AS 'to' FROM spans WHERE conversation = ? AND user = ? ORDER BY began`,
  members: "SELECT user, role, joined FROM members WHERE conversation = ? AND user > ? ORDER BY user LIMIT ?",
  marks: "SELECT user, delivered, read FROM members WHERE conversation = ? ORDER BY user",
  rooms: `SELECT c.id, c.name, c.topic, c.members, c.head, c.created,
      EXISTS (SELECT 1 FROM members WHERE conversation = c.id AND user = ?1) AS joined
    FROM conversations AS c INDEXED BY lobby
    WHERE c.kind = 'room' AND c.visibility = 'public' AND c.closed = 0 AND c.id > ?2
      AND (?3 = '' OR instr(c.folded, ?3)) ORDER BY c.id LIMIT ?4`,
  roomNamed: `SELECT ${CONVERSATION} FROM conversations AS c INDEXED BY named
    WHERE c.kind = 'room' AND c.visibility = 'public' AND c.closed = 0 AND c.name = ? ORDER BY c.id LIMIT 1`,
  direct: `SELECT ${CONVERSATION} FROM directs AS d JOIN conversations AS c ON c.id = d.conversation
    WHERE d.low = ? AND d.high = ?`,
  heads: `SELECT id, head AS seq, head_check AS 'check', moved FROM conversations WHERE id IN (SELECT value FROM json_each(?))`,
  unread: `SELECT count(*) AS found FROM
    (SELECT 1 FROM entries WHERE conversation = ? AND seq > ? AND live = 1 AND author <> ? LIMIT ${COUNTED})`,
  mentions: `SELECT count(*) AS found FROM
    (SELECT 1 FROM mentions WHERE conversation = ? AND user = ? AND seq > ? LIMIT ${COUNTED})`,
  reached: `SELECT count(*) AS others, coalesce(sum(delivered >= ?2), 0) AS delivered, coalesce(sum(read >= ?2), 0) AS read
    FROM members WHERE conversation = ?1 AND user <> ?3 AND joined <= ?2`,
  reachedBy: `SELECT m.user, m.delivered >= ?2 AS has, m.read >= ?2 AS knows,
      ${passedAt(MARK_KINDS.delivered)} AS delivered, ${passedAt(MARK_KINDS.read)} AS read
    FROM members AS m WHERE m.conversation = ?1 AND m.user <> ?3 AND m.joined <= ?2 ORDER BY m.user`,
} as const;

/** When a mark of member `m` went past seq ?2, where that was kept. */
function passedAt(kind: number): string {
  return `(SELECT time FROM moves WHERE conversation = ?1 AND user = m.user AND kind = ${kind}
      AND seq >= ?2 AND past < ?2 ORDER BY seq LIMIT 1)`;
}

type Count = { found: number };
type Reached = { user: UserId; has: number; knows: number; delivered: Time | null; read: Time | null };
type Membership = StoredConversation & Omit<MemberRow, "conversation" | "user">;
/** With nulls where there is no membership. */
type Stood = StoredConversation & { [K in "role" | "joined" | "delivered" | "read"]: MemberRow[K] | null };

/** Answers questions about conversations and members. */
export class Reads {
  readonly #prepared: ReturnType<typeof prepare>;

  constructor(statements: Statements) {
    this.#prepared = prepare(statements);
  }

  conversation(id: ConversationId): ConversationRow | null {
    const row = this.#prepared.conversation.get(id);
    return row && conversationOf(row);
  }

  member(conversation: ConversationId, user: UserId): MemberRow | null {
    return this.#prepared.member.get(conversation, user);
  }

  standing(conversation: ConversationId, user: UserId): Standing | null {
    const found = this.#prepared.standing.get(conversation, user);
    return found && standingOf(found, user);
  }

  sight(conversation: ConversationId, user: UserId): Sight | null {
    const found = this.#prepared.sight.get(conversation, user);
    if (!found) return null;
    const { unread, mentions, latest } = found;
    return { ...standingOf(found, user), unread, mentions: found.kind === "direct" ? unread : mentions, latest };
  }

  memberships(user: UserId): { row: ConversationRow; member: MemberRow }[] {
    return this.#prepared.memberships.all(user).map((found) => {
      const { role, joined, delivered, read } = found;
      return { row: conversationOf(found), member: { conversation: found.id, user, role, joined, delivered, read } };
    });
  }

  spans(conversation: ConversationId, user: UserId): { from: Seq; to: Seq | null }[] {
    return this.#prepared.spans.all(conversation, user);
  }

  members(conversation: ConversationId, after: UserId, limit: number): Member[] {
    return this.#prepared.members.all(conversation, after, limit);
  }

  marks(conversation: ConversationId): Mark[] {
    return this.#prepared.marks.all(conversation);
  }

  rooms(viewer: UserId, { after, limit, query }: { after: number; limit: number; query: string }): RoomListing[] {
    const rows = this.#prepared.rooms.all(viewer, after, fold(query), limit);
    return rows.map((row) => ({ ...row, name: row.name ?? "", joined: row.joined === 1 }));
  }

  roomNamed(name: string): ConversationRow | null {
    const row = this.#prepared.roomNamed.get(name);
    return row && conversationOf(row);
  }

  direct(one: UserId, other: UserId): ConversationRow | null {
    const row = this.#prepared.direct.get(Math.min(one, other), Math.max(one, other));
    return row && conversationOf(row);
  }

  heads(ids: readonly ConversationId[]): Map<ConversationId, Head> {
    return new Map(this.#prepared.heads.all(JSON.stringify(ids)).map(({ id, ...head }) => [id, head]));
  }

  unread(conversation: ConversationId, user: UserId, read: Seq): Unread {
    const row = this.#prepared.conversation.get(conversation);
    const unread = this.#prepared.unread.get(conversation, read, user)?.found ?? 0;
    const direct = row?.kind === "direct";
    const mentions = direct ? unread : (this.#prepared.mentions.get(conversation, user, read)?.found ?? 0);
    return { unread, mentions, asOf: row?.head ?? 0 };
  }

  reached(conversation: ConversationId, seq: Seq, except: UserId): { others: number; delivered: number; read: number } {
    return this.#prepared.reached.get(conversation, seq, except) ?? { others: 0, delivered: 0, read: 0 };
  }

  reachedBy(conversation: ConversationId, seq: Seq, except: UserId): Reach[] {
    return this.#prepared.reachedBy
      .all(conversation, seq, except)
      .map(({ user, has, knows, delivered, read }) => ({ user, ...(has && { delivered }), ...(knows && { read }) }));
  }
}

function standingOf(found: Stood, user: UserId): Standing {
  const row = conversationOf(found);
  const { role, joined, delivered, read } = found as Membership;
  return { row, member: found.role && { conversation: row.id, user, role, joined, delivered, read } };
}

function prepare(statements: Statements) {
  return {
    conversation: statements.prepare<StoredConversation, [number]>(READS.conversation),
    member: statements.prepare<MemberRow, [number, number]>(READS.member),
    standing: statements.prepare<Stood, [number, number]>(READS.standing),
    sight: statements.prepare<Stood & Omit<Sight, keyof Standing>, [number, number]>(READS.sight),
    memberships: statements.prepare<Membership, [number]>(READS.memberships),
    spans: statements.prepare<{ from: Seq; to: Seq | null }, [number, number]>(READS.spans),
    members: statements.prepare<Member, [number, number, number]>(READS.members),
    marks: statements.prepare<Mark, [number]>(READS.marks),
    rooms: statements.prepare<Omit<RoomListing, "joined"> & { joined: number }, [number, number, string, number]>(
      READS.rooms,
    ),
    roomNamed: statements.prepare<StoredConversation, [string]>(READS.roomNamed),
    direct: statements.prepare<StoredConversation, [number, number]>(READS.direct),
    heads: statements.prepare<{ id: ConversationId } & Head, [string]>(READS.heads),
    unread: statements.prepare<Count, [number, number, number]>(READS.unread),
    mentions: statements.prepare<Count, [number, number, number]>(READS.mentions),
    reached: statements.prepare<{ others: number; delivered: number; read: number }, [number, number, number]>(
      READS.reached,
    ),
    reachedBy: statements.prepare<Reached, [number, number, number]>(READS.reachedBy),
  };
}
