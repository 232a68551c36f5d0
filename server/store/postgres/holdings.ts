import type { UserId } from "@parley/protocol/ids";
import type { User } from "../../core/rows.ts";
import { lapsed, looksOf } from "../naming.ts";
import type { Database } from "./pool.ts";

type Holder = Pick<User, "id" | "kind" | "role"> & { look: string; used: number };

/** Who holds some looks of names, read within a transaction that has the lock of names. */
export class Holdings {
  readonly #sql: Database;
  readonly #holders: Map<string, Holder>;
  readonly #released = new Set<UserId>();

  private constructor(sql: Database, holders: readonly Holder[]) {
    this.#sql = sql;
    this.#holders = new Map(holders.map((holder) => [holder.look, holder]));
  }

  static async of(sql: Database, looks: readonly string[]): Promise<Holdings> {
    const holders = await sql<Holder[]>`
      SELECT h.look, u.id, u.kind, u.role, (SELECT max(used) FROM tokens WHERE person = u.id) AS used
      FROM holdings AS h JOIN users AS u ON u.id = h.person WHERE h.look = ANY(${[...looks]})`;
    return new Holdings(sql, holders);
  }

  /** May this person, or a new one, be called that? Takes the names of a guest who was away too long. */
  isFree(look: string, user: UserId | null, today: number): boolean {
    const holder = this.#holders.get(look);
    if (!holder || holder.id === user || this.#released.has(holder.id)) return true;
    if (!lapsed(holder, holder.used, today)) return false;
    this.#released.add(holder.id);
    return true;
  }

  /** Does somebody hold this look who was not away too long? */
  isHeld(look: string, today: number): boolean {
    const holder = this.#holders.get(look);
    return holder !== undefined && !lapsed(holder, holder.used, today);
  }

  /** Holds those of this person's names that are free, and no others any more. Their looks must have been read. */
  async hold({ id, ...names }: Pick<User, "id" | "name" | "handle">, today: number): Promise<void> {
    const { shown, handle } = looksOf(names);
    const held = new Map<string, boolean>();
    if (this.isFree(shown, id, today)) held.set(shown, false);
    if (this.isFree(handle, id, today)) held.set(handle, true);
    const sql = this.#sql;
    await sql`DELETE FROM holdings WHERE person = ANY(${[id, ...this.#released]}::bigint[])`;
    for (const [look, byHandle] of held) {
      await sql`INSERT INTO holdings (look, person, by_handle) VALUES (${look}, ${id}, ${byHandle})`;
    }
  }
}
