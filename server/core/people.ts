import type { Args, Result } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import { type ConversationId, FIRST_NATIVE_USER, FIRST_USER, type Key, type UserId } from "@parley/protocol/ids";
import type { Person } from "@parley/protocol/people";
import type { Actor } from "./actor.ts";
import type { Calendar } from "./calendar.ts";
import type { Committer } from "./committer.ts";
import { ownKey } from "./keyed.ts";
import { checkHandle, checkOpenName, checkShownName, deriveHandle, handleCandidates } from "./names.ts";
import type { Clock, Digests, Store } from "./ports.ts";
import type { User } from "./rows.ts";
import { personOf } from "./summary.ts";

export interface PeopleParts {
  store: Store;
  committer: Committer;
  clock: Clock;
  calendar: Calendar;
  digests: Digests;
  limits: { shownName: number; handle: number; people: number; page: number };
}

const SECRET = /^[A-Za-z0-9_-]{32,128}$/;
const HANDLES_TRIED = 50;

/** People: who a token belongs to, how a visitor becomes one, and what others see of them. */
export class People {
  readonly #parts: PeopleParts;
  readonly #calendar: Calendar;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
    this.#calendar = parts.calendar;
  }

  /** Throws `bad_token` where nobody has this token. */
  async byToken(token: string): Promise<User> {
    const { store, digests } = this.#parts;
    const user = SECRET.test(token) ? await store.userByToken(digests.token(token), this.#calendar.now()) : null;
    if (!user) throw new ChatError("bad_token");
    return user;
  }

  /** The digest under which this token is kept: it tells whose doings to end with it, and cannot be used as one. */
  digestOf(token: string): string {
    return this.#parts.digests.token(token);
  }

  /**
   * Holds a name for whoever has this secret; the same secret is the same person. `newcomer` is called before somebody
   * new is made; what it throws stops that. Throws `bad_name`, `name_taken`.
   */
  async enrol(name: string, secret: string, newcomer?: () => void): Promise<User> {
    const { store, digests, limits } = this.#parts;
    checkSecret(secret);
    const tokenHash = digests.token(secret);
    const known = await store.userByToken(tokenHash, this.#calendar.now());
    if (known) return known;
    newcomer?.();
    const shown = checkShownName(name, limits.shownName);
    const handles: string[] = [];
    for (const handle of handleCandidates(deriveHandle(shown))) {
      if (handles.push(handle) >= HANDLES_TRIED) break;
    }
    return store.enrol({ name: shown, handles, tokenHash, time: this.#calendar.now() });
  }

  /** The open guest of exactly this name, whom anybody may be. Throws `bad_name`, `name_taken`. */
  async open(name: string, maxCodePoints = this.#parts.limits.shownName): Promise<User> {
    return this.#parts.store.openPerson(checkOpenName(name, maxCodePoints), this.#calendar.now());
  }

  /**
   * The person with this number, where anybody may be them; numbers below 1,000,000 are made at first use. Throws
   * `name_taken` where that takes a proof, `not_found` where nobody has it.
   */
  async numbered(id: UserId): Promise<User> {
    const { store } = this.#parts;
    if (!Number.isInteger(id) || id < FIRST_USER) throw new ChatError("not_found", "Nobody has this number.");
    if (id < FIRST_NATIVE_USER) return store.numberedPerson(id, this.#calendar.now());
    const [user] = await store.users([id]);
    if (!user) throw new ChatError("not_found", "Nobody has this number.");
    if (!user.open) throw new ChatError("name_taken", "This number is somebody's who must prove it.");
    return this.open(user.name);
  }

  /** Those who exist, for parts of this server that tell of them. */
  known(ids: readonly UserId[]): Promise<User[]> {
    return this.#parts.store.users(ids);
  }

  async list(_: Actor, { ids }: Args<"people">): Promise<Result<"people">> {
    if (ids.length > this.#parts.limits.people) throw new ChatError("too_many");
    return { people: (await this.#parts.store.users(ids)).map(personOf) };
  }

  async find(_: Actor, { query, after, limit }: Args<"find_people">): Promise<Result<"find_people">> {
    const { store, limits } = this.#parts;
    const most = Math.min(limit ?? limits.page, limits.page);
    const page = { after: after ?? FIRST_USER - 1, limit: most + 1, query: query.trim().normalize("NFC") };
    const found = await store.findUsers(page);
    const people = found.slice(0, most).map(personOf);
    return { people, next: found.length > most ? (people.at(-1)?.id ?? null) : null };
  }

  async update(actor: Actor, { key, name, handle }: Args<"update_profile">): Promise<Result<"update_profile">> {
    const { store, limits } = this.#parts;
    const change = {
      ...(name === undefined ? {} : { name: checkShownName(name, limits.shownName) }),
      ...(handle === undefined ? {} : { handle: checkHandle(handle, limits.handle) }),
    };
    const user = await store.updateProfile(actor.user.id, change, this.#calendar.now());
    const places = (await store.memberships(user.id)).map(({ row }) => row.id);
    await spread(this.#parts, user, [user.inbox, ...places], key);
    return { person: personOf(user) };
  }

  /** Makes this person the server's owner by its one-time secret. Throws `forbidden` where it is not that one. */
  async claimServer({ user }: Actor, secret: string): Promise<Person> {
    const { store, digests } = this.#parts;
    if (user.role !== "owner" && !(await store.claimOwnership(user.id, digests.token(secret)))) {
      throw new ChatError("forbidden", "This link was used, or replaced by a newer one.");
    }
    const [owner = user] = await store.users([user.id]);
    await spread(this.#parts, owner, [owner.inbox], "owner");
    return personOf(owner);
  }
}

/** Throws `bad_token` for what is no secret. */
export function checkSecret(secret: string): void {
  if (!SECRET.test(secret)) throw new ChatError("bad_token", "A secret has 32 to 128 characters of A-Z a-z 0-9 _ -.");
}

/** Says in these logs who this person is now: whoever reads them cannot miss it. */
export async function spread(
  { committer, clock, digests }: Pick<PeopleParts, "committer" | "clock" | "digests">,
  user: User,
  conversations: readonly ConversationId[],
  key: Key,
): Promise<void> {
  const body = { person: personOf(user) };
  const digest = digests.content(JSON.stringify(body));
  const its = ownKey("p", key);
  const writes = conversations.map((conversation) =>
    committer.commit({
      time: clock.now(),
      guards: [{ is: "open", conversation }],
      drafts: [{ conversation, author: user.id, key: its, digest, kind: "profiled", body }],
    }),
  );
  await Promise.all(writes);
}
