import type { UserId } from "@parley/protocol/ids";
import { skeleton } from "../../core/names.ts";
import type { NewToken } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import { dayOf } from "../naming.ts";
import { USER } from "../rows.ts";
import { type Database, transact } from "./pool.ts";
import { type StoredUser, userOf } from "./rows.ts";

/** Passwords and tokens: how somebody proves who they are. */
export class Accesses {
  readonly #sql: Database;

  constructor(sql: Database) {
    this.#sql = sql;
  }

  async passwordOf(id: UserId): Promise<string | null> {
    const [row] = await this.#sql<{ password: string | null }[]>`SELECT password FROM users WHERE id = ${id}`;
    return row?.password ?? null;
  }

  async claimant(name: string): Promise<{ user: User; password: string } | null> {
    const sql = this.#sql;
    const [row] = await sql<(StoredUser & { password: string })[]>`SELECT ${sql.unsafe(USER)}, u.password
      FROM holdings AS h JOIN users AS u ON u.id = h.person WHERE h.look = ${skeleton(name)} AND u.password IS NOT NULL`;
    return row ? { user: userOf(row), password: row.password } : null;
  }

  addToken({ user, tokenHash, password, time, most }: NewToken): Promise<boolean> {
    return transact(this.#sql, async (sql) => {
      const [row] = await sql<
        { password: string | null }[]
      >`SELECT password FROM users WHERE id = ${user} FOR NO KEY UPDATE`;
      if (row?.password !== password) return false;
      const [known] = await sql<{ person: UserId }[]>`SELECT person FROM tokens WHERE hash = ${tokenHash}`;
      if (known) return known.person === user;
      await sql`INSERT INTO tokens (hash, person, used) VALUES (${tokenHash}, ${user}, ${dayOf(time)})`;
      await sql`DELETE FROM tokens WHERE hash IN (SELECT hash FROM tokens
        WHERE person = ${user} AND hash <> ${tokenHash} ORDER BY used DESC, hash COLLATE "C" OFFSET ${most - 1})`;
      return true;
    });
  }

  async hasToken(user: UserId, tokenHash: string): Promise<boolean> {
    const rows = await this.#sql`SELECT 1 FROM tokens WHERE hash = ${tokenHash} AND person = ${user}`;
    return rows.length > 0;
  }
}
