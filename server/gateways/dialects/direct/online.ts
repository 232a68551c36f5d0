import type { ConversationId, UserId } from "@parley/protocol/ids";
import type { DialectParts } from "../../foreign.ts";

type Leave = () => void;

/** Milliseconds before a place that could not be had is asked for again. */
const AGAIN = 1_000;

/**
 * Who is connected, and by what, in the order of their first connections; on other nodes, too. Nodes tell each other by
 * being present where only the house reads.
 */
export class Online<Connection> {
  readonly #parts: Pick<DialectParts, "chat" | "clock">;
  readonly #people = new Map<UserId, Map<Connection, Leave>>();
  #place: Promise<ConversationId> | null = null;

  constructor(parts: Pick<DialectParts, "chat" | "clock">) {
    this.#parts = parts;
  }

  add(user: UserId, connection: Connection): void {
    const theirs = this.#people.get(user) ?? new Map<Connection, Leave>();
    this.#people.set(
      user,
      theirs.set(connection, () => {}),
    );
    this.#meet(user, connection);
  }

  remove(user: UserId, connection: Connection): void {
    const theirs = this.#people.get(user);
    theirs?.get(connection)?.();
    theirs?.delete(connection);
    if (theirs?.size === 0) this.#people.delete(user);
  }

  /** Their connections to this node. */
  of(user: UserId): Connection[] {
    return [...(this.#people.get(user)?.keys() ?? [])];
  }

  /** Those of this node first. */
  async people(): Promise<UserId[]> {
    const place = await this.#open();
    return [...new Set([...this.#people.keys(), ...this.#parts.chat.presence.present(place)])];
  }

  #meet(user: UserId, connection: Connection): void {
    this.#open().then(
      (place) => {
        const theirs = this.#people.get(user);
        if (theirs?.has(connection)) theirs.set(connection, this.#parts.chat.presence.enter(place, user));
      },
      () => this.#parts.clock.after(AGAIN, () => this.of(user).includes(connection) && this.#meet(user, connection)),
    );
  }

  /** Listens there from the first time on. */
  #open(): Promise<ConversationId> {
    this.#place ??= this.#listen().catch((error) => {
      this.#place = null;
      throw error;
    });
    return this.#place;
  }

  async #listen(): Promise<ConversationId> {
    const { inbox } = await this.#parts.chat.house();
    await this.#parts.chat.tap(inbox, { heard: () => {}, told: () => {}, gone: () => {} });
    return inbox;
  }
}
