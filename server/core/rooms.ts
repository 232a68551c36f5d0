import type { RoomListing } from "@parley/protocol/conversations";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Key } from "@parley/protocol/ids";
import type { Actor } from "./actor.ts";
import type { Opening } from "./commit.ts";
import { type Conversations, opens } from "./conversations.ts";
import type { House } from "./house.ts";
import { carryOut, type KeyedParts, ownKey } from "./keyed.ts";
import { checkExactName } from "./names.ts";
import type { Clock } from "./ports.ts";
import type { ConversationRow, User } from "./rows.ts";

export interface RoomsParts extends KeyedParts {
  clock: Clock;
  house: House;
  conversations: Conversations;
  limits: { roomName: number; page: number };
}

/** A public room as everybody sees it. */
export type Room = Omit<RoomListing, "joined">;

const RANDOM_KEY = 22;

/** Public rooms as dialects know them: by their exact names, and with one that is always there. */
export class Rooms {
  readonly #parts: RoomsParts;
  /** Which room of each name is the present home: the first, or one that followed a deleted one. */
  readonly #homes = new Map<string, number>();

  constructor(parts: RoomsParts) {
    this.#parts = parts;
  }

  /**
   * The house's own public room that was made under this name: always the same one, whatever it is called by now, and
   * a new one where that was deleted.
   */
  async home(name: string): Promise<ConversationId> {
    const house = await this.#parts.house.person();
    for (let nth = this.#homes.get(name) ?? 1; ; nth++) {
      const id = await this.#homeOf(house, name, nth);
      const row = await this.#parts.store.conversation(id);
      if (!row || row.closed) continue;
      this.#homes.set(name, nth);
      return id;
    }
  }

  /** The oldest open public room of exactly this name. */
  named(name: string): Promise<ConversationRow | null> {
    return this.#parts.store.roomNamed(name);
  }

  /** The open public room with this id. */
  async get(id: ConversationId): Promise<ConversationRow | null> {
    const row = Number.isSafeInteger(id) ? await this.#parts.store.conversation(id) : null;
    return row && row.kind === "room" && row.visibility === "public" && !row.closed ? row : null;
  }

  /**
   * Makes a public room of exactly this name, owned by its maker; one without a maker belongs to nobody. Throws
   * `name_taken` where a public room is called that, and `bad_name`.
   */
  async open(name: string, maker: User | null, key?: Key): Promise<ConversationRow> {
    const { house, digests, store, clock, limits } = this.#parts;
    const author = maker ?? (await house.person());
    const its = key ?? digests.random(RANDOM_KEY);
    const done = await carryOut(
      this.#parts,
      { user: author },
      {
        name: "open_room",
        log: author.inbox,
        key: its,
        content: name,
        decide: async (digest) => {
          const opening = publicRoom(checkExactName(name, limits.roomName), maker);
          const write = opens(author, its, digest, opening, maker ? [maker] : [], clock.now());
          write.guards.push({ is: "unnamed", name });
          return write;
        },
      },
    );
    const row = done.opened === null ? null : await store.conversation(done.opened);
    if (!row) throw new ChatError("key_reused");
    return row;
  }

  /** Every public room, the newest first. */
  async list(): Promise<Room[]> {
    const { store, house, limits } = this.#parts;
    const viewer = (await house.person()).id;
    const all: Room[] = [];
    for (let after = 0; ; ) {
      const page = await store.rooms(viewer, { after, limit: limits.page, query: "" });
      for (const { joined: _, ...room } of page) all.push(room);
      const last = page.at(-1);
      if (!last) return all.reverse();
      after = last.id;
    }
  }

  /** Deletes a public room; without an actor, on behalf of somebody who proved nothing. */
  async close(conversation: ConversationId, actor: Actor | null): Promise<void> {
    const { house, digests, conversations } = this.#parts;
    const by = actor ?? { user: await house.person() };
    await conversations.deleteRoom(by, { conversation, key: digests.random(RANDOM_KEY) });
  }

  async #homeOf(house: User, name: string, nth: number): Promise<ConversationId> {
    const { store, committer, clock } = this.#parts;
    const key = ownKey("home", name, nth);
    const earlier = await store.recall(house.id, house.inbox, key);
    if (earlier?.logged.entry.kind === "added") return earlier.logged.entry.body.conversation;
    // The key says all there is to it, so a digest would only tell one secret of the server from another.
    const outcome = await committer.commit(opens(house, key, 0, publicRoom(name, house), [], clock.now()));
    if ("opened" in outcome && outcome.opened !== null) return outcome.opened;
    throw new ChatError("unavailable", "This room cannot be made now.");
  }
}

function publicRoom(name: string, owner: User | null): Opening {
  return { kind: "room", name, topic: null, visibility: "public", owner: owner?.id ?? null };
}
