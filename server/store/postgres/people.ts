import { ChatError } from "@parley/protocol/errors";
import type { Time, UserId } from "@parley/protocol/ids";
import { fold } from "../../core/fold.ts";
import { skeleton } from "../../core/names.ts";
import type { NewGuest } from "../../core/ports.ts";
import type { User } from "../../core/rows.ts";
import { changeNames, chooseNames, dayOf, findableAs, houseNames, looksOf, nameOfNumber } from "../naming.ts";
import { USER } from "../rows.ts";
import { Holdings } from "./holdings.ts";
import { nameLock } from "./locks.ts";
import { type Database, transact } from "./pool.ts";
import { type StoredUser, userOf } from "./rows.ts";

type Names = Pick<User, "name" | "handle">;

/** People, their tokens and the names they hold. Whoever changes names does so one after the other, on all nodes. */
export class People {
  readonly #sql: Database;
  #last: Promise<unknown> = Promise.resolve();

  constructor(sql: Database) {
    this.#sql = sql;
  }

  enrol(guest: NewGuest): Promise<User> {
    return this.#alone(async (sql) => {
      const known = await byToken(sql, guest.tokenHash);
      if (known) return known.user;
      const holdings = await Holdings.of(sql, [guest.name, ...guest.handles].map(skeleton));
      const today = dayOf(guest.time);
      const names = chooseNames(guest, (look) => holdings.isFree(look, null, today));
      const user = await put(sql, { id: null, ...names, open: false }, guest.time);
      await sql`INSERT INTO tokens (hash, person, used) VALUES (${guest.tokenHash}, ${user.id}, ${today})`;
      await holdings.hold(user, today);
      return user;
    });
  }

  openPerson(name: string, time: Time): Promise<User> {
    return this.#openGuest({ name }, time);
  }

  numberedPerson(id: UserId, time: Time): Promise<User> {
    return this.#openGuest({ id }, time);
  }

  /** The server's own person. Nobody looks for them: what they are found by stays empty. */
  house({ name, handles, time }: Omit<NewGuest, "tokenHash">): Promise<User> {
    return this.#alone(async (sql) => {
      const [known] = await sql<StoredUser[]>`SELECT ${sql.unsafe(USER)} FROM meta AS m JOIN users AS u
        ON u.id = m.value::bigint WHERE m.name = 'house'`;
      if (known) return userOf(known);
      const holdings = await Holdings.of(sql, [name, ...handles].map(skeleton));
      const names = houseNames(name, handles, (look) => holdings.isFree(look, null, dayOf(time)));
      const user = await put(sql, { id: null, ...names, open: false }, time);
      await sql`UPDATE users SET kind = 'bot', role = 'member', findable = '' WHERE id = ${user.id}`;
      await sql`INSERT INTO meta (name, value) VALUES ('house', ${String(user.id)})`;
      await holdings.hold(user, dayOf(time));
      return { ...user, kind: "bot", role: "member" };
    });
  }

  async userByToken(tokenHash: string, time: Time): Promise<User | null> {
    const found = await byToken(this.#sql, tokenHash);
    if (found && dayOf(time) > found.used) await this.#note(found.user, tokenHash, dayOf(time));
    return found?.user ?? null;
  }

  async users(ids: readonly UserId[]): Promise<User[]> {
    const sql = this.#sql;
    const rows = await sql<
      StoredUser[]
    >`SELECT ${sql.unsafe(USER)} FROM users AS u WHERE u.id = ANY(${[...ids]}::bigint[])`;
    const found = new Map(rows.map((row) => [row.id, userOf(row)]));
    return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
  }

  async usersByHandle(handles: readonly string[]): Promise<User[]> {
    const sql = this.#sql;
    const rows = await sql<StoredUser[]>`SELECT ${sql.unsafe(USER)} FROM users AS u
      JOIN holdings AS h ON h.person = u.id AND h.by_handle WHERE u.handle = ANY(${[...handles]})`;
    return rows.map(userOf);
  }

  async findUsers({ after, limit, query }: { after: UserId; limit: number; query: string }): Promise<User[]> {
    const sql = this.#sql;
    const text = fold(query);
    const rows = await sql<StoredUser[]>`SELECT ${sql.unsafe(USER)} FROM users AS u
      WHERE u.id > ${after} AND u.findable <> '' AND (${text} = '' OR position(${text} IN u.findable) > 0)
      ORDER BY u.id LIMIT ${limit}`;
    return rows.map(userOf);
  }

  updateProfile(id: UserId, change: Partial<Names>, time: Time): Promise<User> {
    return this.#alone(async (sql) => {
      const [row] = await sql<StoredUser[]>`SELECT ${sql.unsafe(USER)} FROM users AS u WHERE u.id = ${id}`;
      if (!row) throw new ChatError("not_found");
      const user = userOf(row);
      const wanted = Object.values({ ...looksOf(user), ...looksOf({ ...user, ...change }) });
      const holdings = await Holdings.of(sql, [...wanted, ...Object.values(looksOf(user))]);
      const today = dayOf(time);
      const names = changeNames(user, change, (look) => holdings.isFree(look, id, today));
      await sql`UPDATE users SET name = ${names.name}, handle = ${names.handle}, looks = ${looksIn(names)},
        findable = ${findableAs(names)} WHERE id = ${id}`;
      await holdings.hold({ id, ...names }, today);
      return { ...user, ...names };
    });
  }

  /** The open guest of this name, or with this number. */
  #openGuest(who: { name: string } | { id: UserId }, time: Time): Promise<User> {
    return this.#alone(async (sql) => {
      const name = "name" in who ? who.name : nameOfNumber(who.id);
      const holdings = await Holdings.of(sql, [skeleton(name)]);
      if (holdings.isHeld(skeleton(name), dayOf(time))) throw new ChatError("name_taken");
      const [known] = await ("name" in who
        ? sql<
            StoredUser[]
          >`SELECT ${sql.unsafe(USER)} FROM users AS u WHERE u.name = ${name} AND u.open AND u.id >= 1000000`
        : sql<StoredUser[]>`SELECT ${sql.unsafe(USER)} FROM users AS u WHERE u.id = ${who.id}`);
      if (known) return userOf(known);
      const id = "name" in who ? null : who.id;
      return { ...(await put(sql, { id, name, handle: "", open: true }, time)), open: true };
    });
  }

  /** Best effort: whoever comes in may read even while nothing can be written. */
  async #note(user: User, tokenHash: string, today: number): Promise<void> {
    try {
      await this.#alone(async (sql) => {
        await sql`UPDATE tokens SET used = ${today} WHERE hash = ${tokenHash}`;
        const holdings = await Holdings.of(sql, Object.values(looksOf(user)));
        await holdings.hold(user, today);
      });
    } catch {
      // The next day they come in, or the next time they do, it is noted.
    }
  }

  /** In turn on this node, too: names are changed one after the other anyway, and would take all connections. */
  #alone<T>(work: (sql: Database) => Promise<T>): Promise<T> {
    const alone = () =>
      transact(this.#sql, async (sql) => {
        await sql`SELECT pg_advisory_xact_lock(${nameLock()})`;
        return work(sql);
      });
    const turn = this.#last.then(alone, alone);
    this.#last = turn;
    return turn;
  }
}

async function byToken(sql: Database, hash: string): Promise<{ user: User; used: number } | null> {
  const [row] = await sql<(StoredUser & { used: number })[]>`SELECT ${sql.unsafe(USER)}, t.used
    FROM tokens AS t JOIN users AS u ON u.id = t.person WHERE t.hash = ${hash}`;
  return row ? { user: userOf(row), used: row.used } : null;
}

/** Writes a person and their inbox; the next free id where none is given. */
async function put(
  sql: Database,
  { id, open, ...names }: Names & { id: UserId | null; open: boolean },
  time: Time,
): Promise<User> {
  const [box] = await sql<{ id: number }[]>`INSERT INTO conversations (kind, folded, visibility, created, members)
    VALUES ('inbox', '', 'private', ${time}, 1) RETURNING id`;
  const inbox = (box as { id: number }).id;
  const columns = {
    ...names,
    looks: looksIn(names),
    findable: findableAs(names),
    kind: "guest",
    role: "guest",
    inbox,
    open,
  };
  const [row] = await sql<
    { id: UserId }[]
  >`INSERT INTO users ${sql(id === null ? columns : { id, ...columns })} RETURNING id`;
  const user = (row as { id: UserId }).id;
  await sql`UPDATE conversations SET owner = ${user} WHERE id = ${inbox}`;
  await sql`INSERT INTO members VALUES (${inbox}, ${user}, 'member', 0, 0, 0)`;
  await sql`INSERT INTO spans VALUES (${inbox}, ${user}, 1, NULL)`;
  return { id: user, ...names, kind: "guest", role: "guest", inbox };
}

function looksIn(names: Names): string[] {
  const { shown, handle } = looksOf(names);
  return [shown, handle];
}
