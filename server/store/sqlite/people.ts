import type { Statement } from "bun:sqlite";
import { ChatError } from "@parley/protocol/errors";
import type { Time, UserId } from "@parley/protocol/ids";
import { fold } from "../../core/fold.ts";
import { skeleton } from "../../core/names.ts";
import type { NewGuest } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import { changeNames, chooseNames, dayOf, findableAs, houseNames, nameOfNumber } from "../naming.ts";
import { USER } from "../rows.ts";
import { attempt } from "./errors.ts";
import { Holdings } from "./holdings.ts";
import { type StoredUser, userOf } from "./rows.ts";
import type { Statements } from "./statements.ts";
import type { Transactions } from "./transactions.ts";

/** Finds people by a part of their names. */
export const FIND = `SELECT ${USER} FROM users AS u
  WHERE u.id > ?1 AND u.findable <> '' AND (?2 = '' OR instr(u.findable, ?2)) ORDER BY u.id LIMIT ?3`;

/** Finds the open guest of a name; nobody's whose id is a number of a dialect. */
export const OPEN_NAMED = `SELECT ${USER} FROM users AS u WHERE u.name = ? AND u.open = 1 AND u.id >= 1000000`;

/** Finds who has a token, and when it was last used. */
export const BY_TOKEN = `SELECT ${USER}, t.used FROM tokens AS t JOIN users AS u ON u.id = t.user WHERE t.hash = ?`;

/** Finds the server's own person. */
export const HOUSE = `SELECT ${USER} FROM meta AS m JOIN users AS u ON u.id = m.value WHERE m.name = 'house'`;

/** People, their tokens and the names they hold. */
export class People {
  readonly #transactions: Transactions;
  readonly #holdings: Holdings;
  readonly #prepared: ReturnType<typeof prepare>;

  constructor(transactions: Transactions, statements: Statements) {
    this.#transactions = transactions;
    this.#holdings = new Holdings(statements);
    this.#prepared = prepare(statements);
  }

  enrol(guest: NewGuest): User {
    return this.#transactions.run(() => {
      const known = this.#prepared.byToken.get(guest.tokenHash);
      return known ? userOf(known) : this.#create(guest);
    });
  }

  openPerson(name: string, time: Time): User {
    return this.#openGuest({ name }, time);
  }

  numberedPerson(id: UserId, time: Time): User {
    return this.#openGuest({ id }, time);
  }

  /** The server's own person. Nobody looks for them: what they are found by stays empty. */
  house({ name, handles, time }: Omit<NewGuest, "tokenHash">): User {
    return this.#transactions.run(() => {
      const known = this.#prepared.house.get();
      if (known) return userOf(known);
      const today = dayOf(time);
      const names = houseNames(name, handles, (look) => this.#holdings.isFree(look, null, today));
      const user = this.#put(null, names, 0, time);
      this.#prepared.settle.run(user.id);
      this.#prepared.asHouse.run(user.id);
      this.#holdings.hold(user, today);
      return { ...user, kind: "bot", role: "member" };
    });
  }

  userByToken(tokenHash: string, time: Time): User | null {
    const found = this.#prepared.byToken.get(tokenHash);
    if (!found) return null;
    const user = userOf(found);
    if (dayOf(time) > found.used) this.#note(user, tokenHash, dayOf(time));
    return user;
  }

  users(ids: readonly UserId[]): User[] {
    const found = new Map(this.#prepared.byIds.all(JSON.stringify(ids)).map((row) => [row.id, userOf(row)]));
    return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
  }

  usersByHandle(handles: readonly string[]): User[] {
    return this.#prepared.byHandles.all(JSON.stringify(handles)).map(userOf);
  }

  findUsers({ after, limit, query }: { after: UserId; limit: number; query: string }): User[] {
    return this.#prepared.find.all(after, fold(query), limit).map(userOf);
  }

  updateProfile(id: UserId, change: { name?: string; handle?: string }, time: Time): User {
    return this.#transactions.run(() => {
      const user = this.#find(id);
      const today = dayOf(time);
      const names = changeNames(user, change, (look) => this.#holdings.isFree(look, id, today));
      this.#prepared.rename.run(names.name, names.handle, findableAs(names), id);
      this.#holdings.hold({ id, ...names }, today);
      return { ...user, ...names };
    });
  }

  /** The open guest of this name, or with this number. */
  #openGuest(who: { name: string } | { id: UserId }, time: Time): User {
    return this.#transactions.run(() => {
      const name = "name" in who ? who.name : nameOfNumber(who.id);
      if (this.#holdings.isHeld(skeleton(name), dayOf(time))) throw new ChatError("name_taken");
      const known = "name" in who ? this.#prepared.byOpenName.get(name) : this.#prepared.byId.get(who.id);
      if (known) return userOf(known);
      const id = "name" in who ? null : who.id;
      return { ...this.#put(id, { name, handle: "" }, 1, time), open: true };
    });
  }

  #find(id: UserId): User {
    const row = this.#prepared.byId.get(id);
    if (!row) throw new ChatError("not_found");
    return userOf(row);
  }

  #create(guest: NewGuest): User {
    const today = dayOf(guest.time);
    const names = chooseNames(guest, (look) => this.#holdings.isFree(look, null, today));
    const user = this.#put(null, names, 0, guest.time);
    this.#prepared.token.run(guest.tokenHash, user.id, today);
    this.#holdings.hold(user, today);
    return user;
  }

  /** Writes a person and their inbox; the next free id where none is given. */
  #put(id: UserId | null, names: Pick<User, "name" | "handle">, open: 0 | 1, time: Time): User {
    const { inbox, guests, own, join, span } = this.#prepared;
    const box = Number(inbox.run(time).lastInsertRowid);
    const { lastInsertRowid } = guests.run(id, names.name, names.handle, findableAs(names), box, open);
    const user = Number(lastInsertRowid);
    own.run(user, box);
    join.run(box, user);
    span.run(box, user);
    return { id: user, ...names, kind: "guest", role: "guest", inbox: box };
  }

  /** Best effort: whoever comes in may read even while nothing can be written. */
  #note(user: User, tokenHash: string, today: number): void {
    try {
      attempt(() =>
        this.#transactions.run(() => {
          this.#prepared.used.run(today, tokenHash);
          this.#holdings.hold(user, today);
        }),
      );
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
    }
  }
}

function prepare(statements: Statements) {
  const run = (sql: string): Statement<never, (string | number | null)[]> => statements.prepare(sql);
  return {
    byToken: statements.prepare<StoredUser & { used: number }, [string]>(BY_TOKEN),
    byIds: statements.prepare<StoredUser, [string]>(
      `SELECT ${USER} FROM users AS u WHERE u.id IN (SELECT value FROM json_each(?))`,
    ),
    byId: statements.prepare<StoredUser, [number]>(`SELECT ${USER} FROM users AS u WHERE u.id = ?`),
    byOpenName: statements.prepare<StoredUser, [string]>(OPEN_NAMED),
    byHandles: statements.prepare<StoredUser, [string]>(
      `SELECT ${USER} FROM users AS u JOIN holdings AS h ON h.user = u.id AND h.by_handle = 1
       WHERE u.handle IN (SELECT value FROM json_each(?))`,
    ),
    find: statements.prepare<StoredUser, [number, string, number]>(FIND),
    house: statements.prepare<StoredUser, []>(HOUSE),
    settle: run("UPDATE users SET kind = 'bot', role = 'member', findable = '' WHERE id = ?"),
    asHouse: run("INSERT INTO meta (name, value) VALUES ('house', ?)"),
    inbox: run(
      "INSERT INTO conversations (kind, folded, visibility, created, members) VALUES ('inbox', '', 'private', ?, 1)",
    ),
    guests: run(
      "INSERT INTO users (id, name, handle, findable, kind, role, inbox, open) VALUES (?, ?, ?, ?, 'guest', 'guest', ?, ?)",
    ),
    own: run("UPDATE conversations SET owner = ? WHERE id = ?"),
    join: run(
      "INSERT INTO members (conversation, user, role, joined, delivered, read) VALUES (?, ?, 'member', 0, 0, 0)",
    ),
    span: run("INSERT INTO spans (conversation, user, began) VALUES (?, ?, 1)"),
    token: run("INSERT INTO tokens (hash, user, used) VALUES (?, ?, ?)"),
    used: run("UPDATE tokens SET used = ? WHERE hash = ?"),
    rename: run("UPDATE users SET name = ?, handle = ?, findable = ? WHERE id = ?"),
  };
}
