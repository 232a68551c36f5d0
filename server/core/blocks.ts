import type { Args, Receipt, Result } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import { FIRST_USER, type UserId } from "@parley/protocol/ids";
import type { Actor } from "./actor.ts";
import type { Guard } from "./commit.ts";
import { carryOut, type KeyedParts } from "./keyed.ts";
import type { Clock, Store } from "./ports.ts";
import type { ConversationRow } from "./rows.ts";
import { personOf } from "./summary.ts";

export interface BlocksParts extends KeyedParts {
  clock: Clock;
  limits: { page: number };
}

/** Whom somebody takes no messages from. It stands in their inbox: every device of theirs knows at once. */
export class Blocks {
  readonly #parts: BlocksParts;

  constructor(parts: BlocksParts) {
    this.#parts = parts;
  }

  block(actor: Actor, args: Args<"block">): Promise<Receipt> {
    return this.#change(actor, "blocked", "block", args);
  }

  unblock(actor: Actor, args: Args<"unblock">): Promise<Receipt> {
    return this.#change(actor, "unblocked", "unblock", args);
  }

  async list(actor: Actor, { after, limit }: Args<"blocks">): Promise<Result<"blocks">> {
    const { store, limits } = this.#parts;
    const most = Math.min(limit ?? limits.page, limits.page);
    const found = await store.blocks(actor.user.id, after ?? FIRST_USER - 1, most + 1);
    const ids = found.slice(0, most);
    const people = (await store.users(ids)).map(personOf);
    return { people, next: found.length > most ? (ids.at(-1) ?? null) : null };
  }

  async #change(
    actor: Actor,
    kind: "blocked" | "unblocked",
    name: "block" | "unblock",
    { user, key }: Args<"block">,
  ): Promise<Receipt> {
    const { store, clock } = this.#parts;
    const { id: author, inbox: conversation } = actor.user;
    const done = await carryOut(this.#parts, actor, {
      ...{ name, log: conversation, key, content: user },
      decide: async (digest) => {
        if (user === author) throw new ChatError("forbidden", "Nobody can block themselves.");
        if ((await store.users([user])).length === 0) throw new ChatError("not_found", "There is no such person.");
        return {
          time: clock.now(),
          guards: [{ is: "open", conversation }],
          drafts: [{ conversation, author, key, digest, kind, body: { user } }],
        };
      },
    });
    return done.receipt;
  }
}

const NOTHING: readonly Guard[] = [];

/** Under what more than their membership somebody writes here. */
export function unblockedIn({ id, kind }: ConversationRow, user: UserId): readonly Guard[] {
  return kind === "direct" ? [{ is: "unblocked", conversation: id, user }] : NOTHING;
}

/** Throws `blocked` where one of these two blocked the other. */
export async function checkUnblocked(store: Store, one: UserId, other: UserId): Promise<void> {
  if (await store.estranged(one, other)) throw new ChatError("blocked");
}

/** Throws `blocked` where a block stands between this member of a direct and the other one. */
export async function checkHeard(store: Store, { id, kind }: ConversationRow, user: UserId): Promise<void> {
  if (kind !== "direct") return;
  const two = await store.members(id, FIRST_USER - 1, 2);
  for (const other of two) if (other.user !== user) await checkUnblocked(store, user, other.user);
}
