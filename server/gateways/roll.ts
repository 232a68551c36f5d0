import type { UserId } from "@parley/protocol/ids";

interface Present {
  user: UserId;
  /** Tells apart those who are here more than once; null where nothing does. */
  as: object | null;
}

/** Who is here as those who are here were told: in the order in which they came, and as often as they did. */
export class Roll {
  readonly #here: Present[];

  constructor(users: readonly UserId[]) {
    this.#here = users.map((user) => ({ user, as: null }));
  }

  get users(): UserId[] {
    return this.#here.map(({ user }) => user);
  }

  came(user: UserId, as: object | null): void {
    this.#here.push({ user, as });
  }

  went(user: UserId, as: object | null): void {
    const at = this.#here.findIndex((one) => one.user === user && one.as === as);
    if (at >= 0) this.#here.splice(at, 1);
  }
}
