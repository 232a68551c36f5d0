import type { Args, Receipt, Result } from "@parley/protocol/commands";
import type { Conversation, MemberRole } from "@parley/protocol/conversations";
import { ChatError } from "@parley/protocol/errors";
import { type ConversationId, FIRST_USER, type Key, type UserId } from "@parley/protocol/ids";
import type { Actor, Place } from "./actor.ts";
import { authorize, obtain } from "./authorize.ts";
import type { Draft, Guard, Write } from "./commit.ts";
import { carryOut, type KeyedParts, ownKey } from "./keyed.ts";
import { writeBy } from "./messages.ts";
import type { Clock } from "./ports.ts";
import type { User } from "./rows.ts";
import { personOf, summarise } from "./summary.ts";

export interface MembersParts extends KeyedParts {
  clock: Clock;
  limits: { groupMembers: number; page: number };
}

/** Who is in a conversation: join, leave, add, remove, and the list of them. */
export class Members {
  readonly #parts: MembersParts;

  constructor(parts: MembersParts) {
    this.#parts = parts;
  }

  async join(actor: Actor, { conversation, key }: Args<"join">): Promise<{ conversation: Conversation }> {
    const { store } = this.#parts;
    const { member } = await obtain(store, actor, conversation);
    if (!member) await this.#joinOnce(actor, conversation, key);
    const joined = await summarise(store, conversation, actor.user.id);
    if (!joined) throw new ChatError("gone");
    return { conversation: joined };
  }

  /** Somebody who joins twice at the same moment is in, both times. */
  async #joinOnce(actor: Actor, conversation: ConversationId, key: Key): Promise<void> {
    try {
      await this.#enter(actor, conversation, key, actor.user, "join");
    } catch (error) {
      const isIn = error instanceof ChatError && error.code === "forbidden";
      if (!isIn || !(await this.#parts.store.member(conversation, actor.user.id))) throw error;
    }
  }

  async add(actor: Actor, { conversation, key, user }: Args<"add_member">): Promise<Receipt> {
    const [person] = await this.#parts.store.users([user]);
    if (!person) throw new ChatError("not_found", "There is no such person.");
    return this.#enter(actor, conversation, key, person, "add_member");
  }

  leave(actor: Actor, { conversation, key }: Args<"leave">): Promise<Receipt> {
    return this.#exit(actor, conversation, key, actor.user.id, "leave");
  }

  remove(actor: Actor, { conversation, key, user }: Args<"remove_member">): Promise<Receipt> {
    return this.#exit(actor, conversation, key, user, "remove_member");
  }

  async list(actor: Actor, args: Args<"list_members">): Promise<Result<"list_members">> {
    const { store, limits } = this.#parts;
    await obtain(store, actor, args.conversation);
    const most = Math.min(args.limit ?? limits.page, limits.page);
    const found = await store.members(args.conversation, args.after ?? FIRST_USER - 1, most + 1);
    const members = found.slice(0, most);
    const people = (await store.users(members.map((member) => member.user))).map(personOf);
    return { members, people, next: found.length > most ? (members.at(-1)?.user ?? null) : null };
  }

  async #enter(
    actor: Actor,
    conversation: ConversationId,
    key: Key,
    person: User,
    action: "join" | "add_member",
  ): Promise<Receipt> {
    const { store, clock, limits } = this.#parts;
    const done = await carryOut(this.#parts, actor, {
      name: action,
      log: conversation,
      key,
      content: person.id,
      decide: async (digest) => {
        const place = await authorize(store, actor, action, conversation);
        if (await store.member(conversation, person.id)) throw new ChatError("forbidden", "They are a member already.");
        const draft = joinedDraft(conversation, actor.user.id, key, digest, person, "member");
        const guards: Guard[] = [{ is: "stranger", conversation, user: person.id }];
        if (place.row.kind === "group") guards.push({ is: "fewer", conversation, than: limits.groupMembers });
        const write = writeBy(place, clock, draft, ...guards);
        return alsoInbox(write, place, person, "added");
      },
    });
    return done.receipt;
  }

  async #exit(
    actor: Actor,
    conversation: ConversationId,
    key: Key,
    user: UserId,
    action: "leave" | "remove_member",
  ): Promise<Receipt> {
    const { store, clock } = this.#parts;
    const done = await carryOut(this.#parts, actor, {
      name: action,
      log: conversation,
      key,
      content: user,
      decide: async (digest) => {
        const place = await authorize(store, actor, action, conversation);
        const target = await store.member(conversation, user);
        const [person] = await store.users([user]);
        if (!target || !person) throw new ChatError("not_found", "They are not a member.");
        if (target.role === "owner" && user !== actor.user.id) throw new ChatError("forbidden");
        const draft: Draft = { conversation, author: actor.user.id, key, digest, kind: "left", body: { user } };
        const write = writeBy(place, clock, draft, { is: "member", conversation, user, since: target.joined });
        return alsoInbox(write, place, person, "removed");
      },
    });
    return done.receipt;
  }
}

/** Pure: the entry that makes somebody a member. It carries their names as they are now. */
export function joinedDraft(
  conversation: ConversationId,
  author: UserId,
  key: Key,
  digest: number,
  person: User,
  role: MemberRole,
): Draft {
  const body = { user: person.id, name: person.name, handle: person.handle, role };
  return { conversation, author, key, digest, kind: "joined", body };
}

/** The same write with an entry in that person's inbox, under a key that no client can make. */
function alsoInbox(write: Write, place: Place, person: User, kind: "added" | "removed"): Write {
  const [{ author, digest, key }] = write.drafts as [Draft];
  const conversation = place.row.id;
  const its = ownKey("m", conversation, key);
  if (kind === "added") write.guards.push({ is: "open", conversation: person.inbox });
  write.drafts.push({ conversation: person.inbox, author, key: its, digest, kind, body: { conversation } });
  return write;
}
