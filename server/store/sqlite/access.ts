import type { Statement } from "bun:sqlite";
import type { UserId } from "@parley/protocol/ids";
import type { Access } from "../../core/commit.ts";
import { skeleton } from "../../core/names.ts";
import type { NewToken } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import { asMember, dayOf } from "../naming.ts";
import { USER } from "../rows.ts";
import { Holdings } from "./holdings.ts";
import { type StoredUser, userOf } from "./rows.ts";
import type { Statements } from "./statements.ts";
import type { Transactions } from "./transactions.ts";

/** Finds who has a password and holds a name of this look. */
export const CLAIMANT = `SELECT ${USER}, u.password FROM holdings AS h JOIN users AS u ON u.id = h.user
  WHERE h.look = ? AND u.password IS NOT NULL`;

/** Passwords and tokens: how somebody proves who they are. */
export class Accesses {
  readonly #transactions: Transactions;
  readonly #holdings: Holdings;
  readonly #prepared: ReturnType<typeof prepare>;

  constructor(transactions: Transactions, statements: Statements) {
    this.#transactions = transactions;
    this.#holdings = new Holdings(statements);
    this.#prepared = prepare(statements);
  }

  /** Carries out what a write changes, within its transaction. */
  apply({ user: id, password, ends }: Access): void {
    const user = this.#prepared.person.get(id);
    if (user && password !== undefined) {
      const { kind, role } = asMember(userOf(user));
      this.#prepared.secure.run(password, kind, role, id);
    }
    if (ends === "all") this.#prepared.endAll.run(id);
    else if (ends !== undefined) this.#prepared.end.run(id, ends.tokenHash);
  }

  passwordOf(id: UserId): string | null {
    return this.#prepared.password.get(id)?.password ?? null;
  }

  /** Does this person hold both of their names? */
  holdsNames(id: UserId): boolean {
    const user = this.#prepared.person.get(id);
    return user !== null && this.#holdings.holds(user);
  }

  claimant(name: string): { user: User; password: string } | null {
    const row = this.#prepared.claimant.get(skeleton(name));
    if (!row) return null;
    return { user: userOf(row), password: row.password };
  }

  addToken({ user, tokenHash, password, time, most }: NewToken): boolean {
    return this.#transactions.run(() => {
      const known = this.#prepared.owner.get(tokenHash)?.user;
      if (this.passwordOf(user) !== password || (known !== undefined && known !== user)) return false;
      if (known === user) return true;
      this.#prepared.add.run(tokenHash, user, dayOf(time));
      this.#prepared.endOldest.run(user, tokenHash, most - 1);
      return true;
    });
  }

  hasToken(user: UserId, tokenHash: string): boolean {
    return this.#prepared.owner.get(tokenHash)?.user === user;
  }
}

function prepare(statements: Statements) {
  const run = (sql: string): Statement<never, (string | number)[]> => statements.prepare(sql);
  return {
    person: statements.prepare<StoredUser, [number]>(`SELECT ${USER} FROM users AS u WHERE u.id = ?`),
    password: statements.prepare<{ password: string | null }, [number]>("SELECT password FROM users WHERE id = ?"),
    claimant: statements.prepare<StoredUser & { password: string }, [string]>(CLAIMANT),
    owner: statements.prepare<{ user: UserId }, [string]>("SELECT user FROM tokens WHERE hash = ?"),
    secure: run("UPDATE users SET password = ?, kind = ?, role = ? WHERE id = ?"),
    endAll: run("DELETE FROM tokens WHERE user = ?"),
    end: run("DELETE FROM tokens WHERE user = ? AND hash = ?"),
    add: run("INSERT INTO tokens (hash, user, used) VALUES (?, ?, ?)"),
    endOldest: run(
      `DELETE FROM tokens WHERE user = ?1 AND hash IN (SELECT hash FROM tokens WHERE user = ?1 AND hash <> ?2
         ORDER BY used DESC, hash LIMIT -1 OFFSET ?3)`,
    ),
  };
}
