import type { Statement } from "bun:sqlite";
import type { UserId } from "@parley/protocol/ids";
import type { User } from "../../core/rows.ts";
import { lapsed, looksOf } from "../naming.ts";
import type { Statements } from "./statements.ts";

type Holder = Pick<User, "id" | "kind" | "role"> & { used: number };

/** Who holds which looks of names. Everything here happens within a transaction. */
export class Holdings {
  readonly #holder: Statement<Holder, [string]>;
  readonly #release: Statement<never, [number]>;
  readonly #hold: Statement<never, [string, number, number]>;

  constructor(statements: Statements) {
    this.#holder = statements.prepare(
      `SELECT u.id, u.kind, u.role, (SELECT max(used) FROM tokens WHERE user = u.id) AS used
       FROM holdings AS h JOIN users AS u ON u.id = h.user WHERE h.look = ?`,
    );
    this.#release = statements.prepare("DELETE FROM holdings WHERE user = ?");
    this.#hold = statements.prepare(
      `INSERT INTO holdings (look, user, by_handle) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET by_handle = excluded.by_handle`,
    );
  }

  /** May this person, or a new one, be called that? Takes the names of a guest who was away too long. */
  isFree(look: string, user: UserId | null, today: number): boolean {
    const holder = this.#holder.get(look);
    if (!holder || holder.id === user) return true;
    if (!lapsed(holder, holder.used, today)) return false;
    this.#release.run(holder.id);
    return true;
  }

  /** Does somebody hold this look who was not away too long? */
  isHeld(look: string, today: number): boolean {
    const holder = this.#holder.get(look);
    return holder !== null && !lapsed(holder, holder.used, today);
  }

  /** Does this person hold both of their names? */
  holds({ id, name, handle }: Pick<User, "id" | "name" | "handle">): boolean {
    return Object.values(looksOf({ name, handle })).every((look) => this.#holder.get(look)?.id === id);
  }

  /** Holds those of this person's names that are free, and no others any more. */
  hold({ id, name, handle }: Pick<User, "id" | "name" | "handle">, today: number): void {
    this.#release.run(id);
    const looks = looksOf({ name, handle });
    if (this.isFree(looks.shown, id, today)) this.#hold.run(looks.shown, id, 0);
    if (this.isFree(looks.handle, id, today)) this.#hold.run(looks.handle, id, 1);
  }
}
