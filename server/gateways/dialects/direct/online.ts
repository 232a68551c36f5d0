import type { UserId } from "@parley/protocol/ids";

/** Who is connected, and by what, in the order of their first connections. */
export class Online<Connection> {
  readonly #people = new Map<UserId, Set<Connection>>();

  add(user: UserId, connection: Connection): void {
    const theirs = this.#people.get(user) ?? new Set<Connection>();
    this.#people.set(user, theirs.add(connection));
  }

  remove(user: UserId, connection: Connection): void {
    const theirs = this.#people.get(user);
    theirs?.delete(connection);
    if (theirs?.size === 0) this.#people.delete(user);
  }

  of(user: UserId): Connection[] {
    return [...(this.#people.get(user) ?? [])];
  }

  people(): UserId[] {
    return [...this.#people.keys()];
  }
}
