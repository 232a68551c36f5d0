import type { Args, Receipt, Result } from "@parley/protocol/commands";
import type { Conversation } from "@parley/protocol/conversations";
import { ChatError } from "@parley/protocol/errors";
import { type ConversationId, FIRST_USER, type UserId } from "@parley/protocol/ids";
import type { Actor } from "./actor.ts";
import { authorize } from "./authorize.ts";
import { checkUnblocked } from "./blocks.ts";
import { isUnowned } from "./capabilities.ts";
import { type Draft, NEW, type Opening, type Write } from "./commit.ts";
import { carryOut, type KeyedParts, ownKey } from "./keyed.ts";
import { joinedDraft } from "./members.ts";
import { writeBy } from "./messages.ts";
import { checkShownName } from "./names.ts";
import type { Clock } from "./ports.ts";
import type { User } from "./rows.ts";
import { summarise } from "./summary.ts";

export interface ConversationsParts extends KeyedParts {
  clock: Clock;
  limits: { roomName: number; topic: number; groupMembers: number; page: number };
}

/** How conversations begin, are found, change their name and end. */
export class Conversations {
  readonly #parts: ConversationsParts;

  constructor(parts: ConversationsParts) {
    this.#parts = parts;
  }

  createRoom(actor: Actor, args: Args<"create_room">): Promise<{ conversation: Conversation }> {
    const { limits } = this.#parts;
    const { key, name, topic, visibility } = args;
    return this.#open(actor, "create_room", key, [name, topic, visibility], async () => ({
      opening: {
        kind: "room",
        name: checkShownName(name, limits.roomName),
        topic: topic?.trim() ? checkShownName(topic, limits.topic) : null,
        visibility: visibility ?? "public",
        owner: actor.user.id,
      },
      people: [actor.user],
    }));
  }

  openDirect(actor: Actor, { key, user }: Args<"open_direct">): Promise<{ conversation: Conversation }> {
    return this.#open(actor, "open_direct", key, user, async () => {
      const [other] = await this.#parts.store.users([user]);
      if (!other) throw new ChatError("not_found", "There is no such person.");
      // One that is there is only found again: nothing is written.
      if (!(await this.#parts.store.direct(user, actor.user.id))) {
        await checkUnblocked(this.#parts.store, user, actor.user.id);
      }
      const pair: [UserId, UserId] = [Math.min(user, actor.user.id), Math.max(user, actor.user.id)];
      return {
        opening: { kind: "direct", name: null, topic: null, visibility: "private", owner: null, pair },
        people: user === actor.user.id ? [actor.user] : [actor.user, other],
      };
    });
  }

  createGroup(actor: Actor, { key, name, members }: Args<"create_group">): Promise<{ conversation: Conversation }> {
    const { limits, store } = this.#parts;
    return this.#open(actor, "create_group", key, [name, members], async () => {
      const ids = [...new Set(members)].filter((id) => id !== actor.user.id);
      if (ids.length >= limits.groupMembers) throw new ChatError("too_many");
      const others = await store.users(ids);
      if (others.length < ids.length) throw new ChatError("not_found", "There is no such person.");
      const shown = name === undefined || name.trim() === "" ? null : checkShownName(name, limits.roomName);
      return {
        opening: { kind: "group", name: shown, topic: null, visibility: "private", owner: actor.user.id },
        people: [actor.user, ...others],
      };
    });
  }

  async list(actor: Actor, { after, limit, query }: Args<"list_rooms">): Promise<Result<"list_rooms">> {
    const most = Math.min(limit ?? this.#parts.limits.page, this.#parts.limits.page);
    const page = { after: after ?? 0, limit: most + 1, query: query?.trim() ?? "" };
    const found = await this.#parts.store.rooms(actor.user.id, page);
    const rooms = found.slice(0, most);
    return { rooms, next: found.length > most ? (rooms.at(-1)?.id ?? null) : null };
  }

  async rename(actor: Actor, { conversation, key, name }: Args<"rename">): Promise<Receipt> {
    const { store, clock, limits } = this.#parts;
    const done = await carryOut(this.#parts, actor, {
      name: "rename",
      log: conversation,
      key,
      content: name,
      decide: async (digest) => {
        const place = await authorize(store, actor, "rename", conversation);
        const body = { name: checkShownName(name, limits.roomName) };
        return writeBy(place, clock, { conversation, author: actor.user.id, key, digest, kind: "renamed", body });
      },
    });
    return done.receipt;
  }

  /** Ends a room. Its log stays, unreadable; everybody in it finds out through their inbox. */
  async deleteRoom(actor: Actor, { conversation, key }: Args<"delete_room">): Promise<Receipt> {
    const { store, clock } = this.#parts;
    const done = await carryOut(this.#parts, actor, {
      name: "delete_room",
      log: conversation,
      key,
      content: null,
      decide: async (digest, by) => {
        const place = await authorize(store, by, "delete_room", conversation);
        const author = actor.user.id;
        const write = writeBy(place, clock, { conversation, author, key, digest, kind: "closed", body: {} });
        if (isUnowned(place.row)) write.guards.push({ is: "unowned", conversation });
        const { name } = place.row;
        for (const inbox of await this.#inboxes(conversation)) {
          const body = { conversation, name };
          write.drafts.push({
            conversation: inbox,
            author,
            key: ownKey("c", conversation, key),
            digest,
            kind: "dissolved",
            body,
          });
        }
        return write;
      },
    });
    return done.receipt;
  }

  async #inboxes(conversation: ConversationId): Promise<ConversationId[]> {
    const { store, limits } = this.#parts;
    const inboxes: ConversationId[] = [];
    for (let after = FIRST_USER - 1; ; ) {
      const members = await store.members(conversation, after, limits.page);
      const last = members.at(-1);
      if (!last) return inboxes;
      for (const user of await store.users(members.map((member) => member.user))) inboxes.push(user.inbox);
      after = last.user;
    }
  }

  /** Opens a conversation under a key that stands in its maker's inbox. */
  async #open(
    actor: Actor,
    name: string,
    key: string,
    content: unknown,
    decide: () => Promise<{ opening: Opening; people: User[] }>,
  ): Promise<{ conversation: Conversation }> {
    const done = await carryOut(this.#parts, actor, {
      name,
      log: actor.user.inbox,
      key,
      content,
      decide: async (digest) => {
        const { opening, people } = await decide();
        return opens(actor.user, key, digest, opening, people, this.#parts.clock.now());
      },
    });
    if (done.opened === null) throw new ChatError("key_reused");
    const conversation = await summarise(this.#parts.store, done.opened, actor.user.id);
    if (!conversation) throw new ChatError("gone");
    return { conversation };
  }
}

/** Pure: everything that the beginning of a conversation writes. The maker's inbox entry carries the client's key. */
export function opens(maker: User, key: string, digest: number, open: Opening, people: User[], time: number): Write {
  const { kind, name, topic, visibility } = open;
  const author = maker.id;
  const added = (inbox: ConversationId, its: string): Draft => ({
    conversation: inbox,
    author,
    key: its,
    digest,
    kind: "added",
    body: { conversation: NEW },
  });
  return {
    time,
    guards: people.map((user) => ({ is: "open", conversation: user.inbox })),
    open,
    drafts: [
      added(maker.inbox, key),
      { conversation: NEW, author, key, digest, kind: "created", body: { kind, name, topic, visibility } },
      ...people.map((user) => joinedDraft(NEW, author, ownKey("j", user.id, key), digest, user, roleIn(open, user))),
      ...people.filter((user) => user.id !== author).map((user) => added(user.inbox, ownKey("o", key))),
    ],
  };
}

function roleIn(open: Opening, user: User): "owner" | "member" {
  return open.owner === user.id ? "owner" : "member";
}
