import type { Mark, Member, Reach, RoomListing } from "@parley/protocol/conversations";
import type { ConversationId, Seq, Time, UserId } from "@parley/protocol/ids";
import { fold } from "../../core/fold.ts";
import type { ConversationRow, Head, MemberRow, Sight, Standing, Unread } from "../../core/rows.ts";
import { COUNTED } from "../bounds.ts";
import { CONVERSATION } from "../rows.ts";
import type { Database } from "./pool.ts";
import { conversationOf, type StoredConversation } from "./rows.ts";

type Membership = StoredConversation & Omit<MemberRow, "conversation" | "user">;
/** With nulls where there is no membership. */
type Stood = StoredConversation & { [K in "role" | "joined" | "delivered" | "read"]: MemberRow[K] | null };
type Reached = { user: UserId; has: boolean; knows: boolean; delivered: Time | null; read: Time | null };

const STANDING = `${CONVERSATION}, m.role, m.joined, m.delivered, m.read`;

/** Answers questions about conversations and members. */
export class Reads {
  readonly #sql: Database;

  constructor(sql: Database) {
    this.#sql = sql;
  }

  async blocks(user: UserId, after: UserId, limit: number): Promise<UserId[]> {
    const rows = await this.#sql<{ blocked: UserId }[]>`
      SELECT blocked FROM blocks WHERE person = ${user} AND blocked > ${after} ORDER BY blocked LIMIT ${limit}`;
    return rows.map(({ blocked }) => blocked);
  }

  async estranged(one: UserId, other: UserId): Promise<boolean> {
    const rows = await this.#sql`SELECT 1 FROM blocks
      WHERE (person = ${one} AND blocked = ${other}) OR (person = ${other} AND blocked = ${one})`;
    return rows.length > 0;
  }

  async conversation(id: ConversationId): Promise<ConversationRow | null> {
    const sql = this.#sql;
    const [row] = await sql<StoredConversation[]>`
      SELECT ${sql.unsafe(CONVERSATION)} FROM conversations AS c WHERE c.id = ${id}`;
    return row ? conversationOf(row) : null;
  }

  async member(conversation: ConversationId, user: UserId): Promise<MemberRow | null> {
    const [row] = await this.#sql<MemberRow[]>`
      SELECT conversation, person AS user, role, joined, delivered, read FROM members
      WHERE conversation = ${conversation} AND person = ${user}`;
    return row ? { ...row } : null;
  }

  async standing(conversation: ConversationId, user: UserId): Promise<Standing | null> {
    const sql = this.#sql;
    const [row] = await sql<Stood[]>`
      SELECT ${sql.unsafe(STANDING)} FROM conversations AS c
      LEFT JOIN members AS m ON m.conversation = c.id AND m.person = ${user} WHERE c.id = ${conversation}`;
    return row ? standingOf(row, user) : null;
  }

  async sight(conversation: ConversationId, user: UserId): Promise<Sight | null> {
    const sql = this.#sql;
    const [row] = await sql<(Stood & Omit<Sight, keyof Standing>)[]>`
      SELECT ${sql.unsafe(STANDING)},
        (SELECT count(*) FROM (SELECT FROM entries
          WHERE conversation = c.id AND seq > m.read AND live AND author <> ${user} LIMIT ${COUNTED}) AS e) AS unread,
        (SELECT count(*) FROM (SELECT FROM mentions
          WHERE conversation = c.id AND person = ${user} AND seq > m.read LIMIT ${COUNTED}) AS t) AS mentions,
        coalesce((SELECT time FROM entries WHERE conversation = c.id AND seq = c.head), c.created) AS latest
      FROM conversations AS c
      LEFT JOIN members AS m ON m.conversation = c.id AND m.person = ${user} WHERE c.id = ${conversation}`;
    if (!row) return null;
    const { unread, mentions, latest } = row;
    return { ...standingOf(row, user), unread, mentions: row.kind === "direct" ? unread : mentions, latest };
  }

  async memberships(user: UserId): Promise<{ row: ConversationRow; member: MemberRow }[]> {
    const sql = this.#sql;
    const found = await sql<Membership[]>`
      SELECT ${sql.unsafe(STANDING)}
      FROM members AS m JOIN conversations AS c ON c.id = m.conversation
      WHERE m.person = ${user} AND NOT c.closed AND c.kind <> 'inbox' ORDER BY m.conversation`;
    return found.map((row) => {
      const { role, joined, delivered, read } = row;
      return { row: conversationOf(row), member: { conversation: row.id, user, role, joined, delivered, read } };
    });
  }

  async spans(conversation: ConversationId, user: UserId): Promise<{ from: Seq; to: Seq | null }[]> {
    const rows = await this.#sql<{ from: Seq; to: Seq | null }[]>`
      SELECT began AS from, ended AS to FROM spans
      WHERE conversation = ${conversation} AND person = ${user} ORDER BY began`;
    return [...rows];
  }

  async members(conversation: ConversationId, after: UserId, limit: number): Promise<Member[]> {
    const rows = await this.#sql<Member[]>`
      SELECT person AS user, role, joined FROM members
      WHERE conversation = ${conversation} AND person > ${after} ORDER BY person LIMIT ${limit}`;
    return [...rows];
  }

  async marks(conversation: ConversationId): Promise<Mark[]> {
    const rows = await this.#sql<Mark[]>`
      SELECT person AS user, delivered, read FROM members WHERE conversation = ${conversation} ORDER BY person`;
    return [...rows];
  }

  async rooms(viewer: UserId, { after, limit, query }: { after: number; limit: number; query: string }) {
    const text = fold(query);
    const rows = await this.#sql<RoomListing[]>`
      SELECT c.id, coalesce(c.name, '') AS name, c.topic, c.members, c.head, c.created,
        EXISTS (SELECT FROM members WHERE conversation = c.id AND person = ${viewer}) AS joined
      FROM conversations AS c
      WHERE c.kind = 'room' AND c.visibility = 'public' AND NOT c.closed AND c.id > ${after}
        AND (${text} = '' OR position(${text} IN c.folded) > 0) ORDER BY c.id LIMIT ${limit}`;
    return [...rows];
  }

  async roomNamed(name: string): Promise<ConversationRow | null> {
    const sql = this.#sql;
    const [row] = await sql<StoredConversation[]>`
      SELECT ${sql.unsafe(CONVERSATION)} FROM conversations AS c
      WHERE c.kind = 'room' AND c.visibility = 'public' AND NOT c.closed AND c.name = ${name} ORDER BY c.id LIMIT 1`;
    return row ? conversationOf(row) : null;
  }

  async direct(one: UserId, other: UserId): Promise<ConversationRow | null> {
    const sql = this.#sql;
    const [row] = await sql<StoredConversation[]>`
      SELECT ${sql.unsafe(CONVERSATION)} FROM directs AS d JOIN conversations AS c ON c.id = d.conversation
      WHERE d.low = ${Math.min(one, other)} AND d.high = ${Math.max(one, other)}`;
    return row ? conversationOf(row) : null;
  }

  async heads(ids: readonly ConversationId[]): Promise<Map<ConversationId, Head>> {
    const rows = await this.#sql<({ id: ConversationId } & Head)[]>`
      SELECT id, head AS seq, head_check AS check, moved FROM conversations WHERE id = ANY(${[...ids]}::bigint[])`;
    return new Map(rows.map(({ id, ...head }) => [id, head]));
  }

  async unread(conversation: ConversationId, user: UserId, read: Seq): Promise<Unread> {
    const [row] = await this.#sql<{ unread: number; mentions: number; head: Seq }[]>`
      SELECT u.unread, c.head, CASE WHEN c.kind = 'direct' THEN u.unread ELSE
        (SELECT count(*) FROM (SELECT FROM mentions
          WHERE conversation = ${conversation} AND person = ${user} AND seq > ${read} LIMIT ${COUNTED}) AS m) END AS mentions
      FROM conversations AS c, (SELECT count(*) AS unread FROM (SELECT FROM entries
        WHERE conversation = ${conversation} AND seq > ${read} AND live AND author <> ${user} LIMIT ${COUNTED}) AS e) AS u
      WHERE c.id = ${conversation}`;
    return { unread: row?.unread ?? 0, mentions: row?.mentions ?? 0, asOf: row?.head ?? 0 };
  }

  async reached(conversation: ConversationId, seq: Seq, except: UserId) {
    const [row] = await this.#sql<{ others: number; delivered: number; read: number }[]>`
      SELECT count(*) AS others, count(*) FILTER (WHERE delivered >= ${seq}) AS delivered,
        count(*) FILTER (WHERE read >= ${seq}) AS read
      FROM members WHERE conversation = ${conversation} AND person <> ${except} AND joined <= ${seq}`;
    return { others: 0, delivered: 0, read: 0, ...row };
  }

  async reachedBy(conversation: ConversationId, seq: Seq, except: UserId): Promise<Reach[]> {
    const sql = this.#sql;
    const passed = (kind: number) => sql`(SELECT time FROM moves AS v WHERE v.conversation = ${conversation}
      AND v.person = m.person AND v.kind = ${kind} AND v.seq >= ${seq} AND v.past < ${seq} ORDER BY v.seq LIMIT 1)`;
    const rows = await sql<Reached[]>`
      SELECT m.person AS user, m.delivered >= ${seq} AS has, m.read >= ${seq} AS knows,
        ${passed(0)} AS delivered, ${passed(1)} AS read
      FROM members AS m
      WHERE m.conversation = ${conversation} AND m.person <> ${except} AND m.joined <= ${seq} ORDER BY m.person`;
    return rows.map(({ user, has, knows, delivered, read }) => ({
      user,
      ...(has && { delivered }),
      ...(knows && { read }),
    }));
  }
}

function standingOf(found: Stood, user: UserId): Standing {
  const row = conversationOf(found);
  const { role, joined, delivered, read } = found as Membership;
  return { row, member: found.role && { conversation: row.id, user, role, joined, delivered, read } };
}
