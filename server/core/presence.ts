import type { ConversationId, Time, UserId } from "@parley/protocol/ids";
import type { Signal } from "@parley/protocol/signals";
import type { Codec } from "./codec.ts";
import type { Feed } from "./feed.ts";
import type { Feeds } from "./feeds.ts";
import type { Broadcast, Clock, Outlet } from "./ports.ts";

export interface PresenceLimits {
  /** Above so many present people only their number is told. */
  named: number;
  /** Milliseconds that somebody stays present after their last socket. */
  linger: number;
  /** Milliseconds after which nobody is writing any more who did not say so again. */
  typingLease: number;
  /** Shortest time between two tellings of one conversation, small and large. */
  pause: { small: number; large: number };
}

export interface PresenceParts {
  feeds: Feeds;
  broadcast: Broadcast;
  clock: Clock;
  limits: PresenceLimits;
}

interface Looker {
  readonly codec: Codec;
  readonly outlet: Outlet;
}

/** Hears who comes, goes and writes in one conversation as it happens: presence as dialects tell it. */
export interface Watcher {
  came(user: UserId): void;
  went(user: UserId): void;
  typing(user: UserId): void;
  /** They do not write any more. */
  stopped?(user: UserId): void;
}

type Told<T extends Signal["t"]> = Extract<Signal, { t: T }>;

const TYPISTS_NAMED = 5;

function lookTopic(codec: Codec, conversation: ConversationId): string {
  return `${codec.name}/look/${conversation}`;
}

/** Who is here and who is writing: leases that expire, told to those who look, coalesced, and never kept. */
export class Presence {
  readonly #parts: PresenceParts;
  readonly #lingering: Leases = new Map();
  readonly #typing: Leases = new Map();
  readonly #lookers = new Map<ConversationId, Map<Codec, number>>();
  readonly #due = new Set<string>();
  readonly #watchers = new Map<ConversationId, Set<Watcher>>();
  /** One for each socket of a dialect, in the order in which they came. */
  readonly #arrivals = new Map<ConversationId, Arrival[]>();

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  came(feed: Feed, user: UserId): void {
    const conversation = feed.row.id;
    const lingered = end(this.#lingering, conversation, user);
    if (!lingered && this.#sockets(conversation, user) === 1) this.#tellWatchers(conversation, (to) => to.came(user));
    this.#tellSoon("presence", conversation);
  }

  /** A socket stopped following; the person stays for a while, and longer where another socket of theirs is left. */
  went(feed: Feed, user: UserId, lingers: boolean): void {
    const conversation = feed.row.id;
    this.typing(conversation, user, false);
    if (feed.followers.has(user)) return this.#tellSoon("presence", conversation);
    if (!lingers) return this.#gone(conversation, user);
    end(this.#lingering, conversation, user);
    const over = this.#parts.clock.after(this.#parts.limits.linger, () => {
      if (end(this.#lingering, conversation, user)) this.#gone(conversation, user);
    });
    begin(this.#lingering, conversation, user, over);
  }

  /**
   * A socket of a dialect is here now, until the result is called: it comes and goes by itself, whoever else it is.
   * `except` tells its own sockets so itself.
   */
  enter(conversation: ConversationId, user: UserId, except?: Watcher, stay: Stay | null = null): () => void {
    const arrival: Arrival = { user, except, stay };
    const here = this.#arrivals.get(conversation) ?? [];
    this.#arrivals.set(conversation, here);
    here.push(arrival);
    this.#tellWatchers(conversation, (to) => to !== except && to.came(user));
    this.#tellSoon("presence", conversation);
    return () => this.#leave(conversation, arrival);
  }

  /** Tells this watcher of everything from now on, until the result is called. */
  watch(conversation: ConversationId, watcher: Watcher): () => void {
    const watching = this.#watchers.get(conversation) ?? new Set<Watcher>();
    this.#watchers.set(conversation, watching.add(watcher));
    return () => {
      watching.delete(watcher);
      if (watching.size === 0) this.#watchers.delete(conversation);
    };
  }

  /** `except` said so itself, and need not be told. */
  typing(conversation: ConversationId, user: UserId, active: boolean, except?: Watcher): void {
    if (active) this.#tellWatchers(conversation, (to) => to !== except && to.typing(user));
    const before = end(this.#typing, conversation, user);
    if (before && !active) this.#tellWatchers(conversation, (to) => to !== except && to.stopped?.(user));
    if (active) {
      const over = this.#parts.clock.after(this.#parts.limits.typingLease, () => {
        this.typing(conversation, user, false);
      });
      begin(this.#typing, conversation, user, over);
    }
    if (active !== before) this.#tellSoon("typing", conversation);
  }

  /** Starts telling this conversation to this socket, with what is true now. */
  look(looker: Looker, conversation: ConversationId): void {
    const codecs = this.#lookers.get(conversation) ?? new Map<Codec, number>();
    this.#lookers.set(conversation, codecs);
    codecs.set(looker.codec, (codecs.get(looker.codec) ?? 0) + 1);
    looker.outlet.subscribe(lookTopic(looker.codec, conversation));
    looker.outlet.send(looker.codec.encode([this.presenceOf(conversation), this.typingOf(conversation)]));
  }

  lookAway(looker: Looker, conversation: ConversationId): void {
    looker.outlet.unsubscribe(lookTopic(looker.codec, conversation));
    const codecs = this.#lookers.get(conversation);
    const left = (codecs?.get(looker.codec) ?? 0) - 1;
    if (left > 0) codecs?.set(looker.codec, left);
    else codecs?.delete(looker.codec);
    if (codecs?.size === 0) this.#lookers.delete(conversation);
  }

  /** Everybody who is here now as dialects count them, a person as often as they came. */
  roll(conversation: ConversationId): UserId[] {
    return this.here(conversation).map(({ user }) => user);
  }

  /** The same with their times, where they came by a dialect. */
  here(conversation: ConversationId): { user: UserId; stay: Stay | null }[] {
    const native = [...this.#native(conversation)].map((user) => ({ user, stay: null }));
    return [...native, ...(this.#arrivals.get(conversation) ?? [])];
  }

  /** Members of this conversation who are here now. */
  present(conversation: ConversationId): UserId[] {
    return [...new Set(this.roll(conversation))];
  }

  /** What those who look are told of who is here. */
  presenceOf(conversation: ConversationId): Told<"presence"> {
    const here = this.present(conversation);
    const named = here.length <= this.#parts.limits.named;
    return { t: "presence", conversation, count: here.length, ...(named ? { here } : {}) };
  }

  /** And of who is writing. */
  typingOf(conversation: ConversationId): Told<"typing"> {
    const users = [...(this.#typing.get(conversation)?.keys() ?? [])];
    return { t: "typing", conversation, count: users.length, users: users.slice(0, TYPISTS_NAMED) };
  }

  #native(conversation: ConversationId): Set<UserId> {
    const here = new Set(this.#lingering.get(conversation)?.keys() ?? []);
    for (const [user, followers] of this.#parts.feeds.get(conversation)?.followers ?? []) {
      if (followers.some((follower) => follower.isMember(conversation))) here.add(user);
    }
    return here;
  }

  #sockets(conversation: ConversationId, user: UserId): number {
    const followers = this.#parts.feeds.get(conversation)?.followers.get(user) ?? [];
    return followers.filter((follower) => follower.isMember(conversation)).length;
  }

  #leave(conversation: ConversationId, arrival: Arrival): void {
    const here = this.#arrivals.get(conversation) ?? [];
    const left = here.filter((other) => other !== arrival);
    if (left.length === here.length) return;
    if (left.length > 0) this.#arrivals.set(conversation, left);
    else this.#arrivals.delete(conversation);
    if (left.every(({ user }) => user !== arrival.user)) this.typing(conversation, arrival.user, false);
    this.#gone(conversation, arrival.user, arrival.except);
  }

  #gone(conversation: ConversationId, user: UserId, except?: Watcher): void {
    this.#tellWatchers(conversation, (to) => to !== except && to.went(user));
    this.#tellSoon("presence", conversation);
  }

  #tellWatchers(conversation: ConversationId, tell: (watcher: Watcher) => void): void {
    for (const watcher of this.#watchers.get(conversation) ?? []) tell(watcher);
  }

  /** Changes within one pause share one telling. */
  #tellSoon(what: "presence" | "typing", conversation: ConversationId): void {
    const id = `${what}/${conversation}`;
    if (this.#due.has(id) || !this.#lookers.has(conversation)) return;
    this.#due.add(id);
    const { pause, named } = this.#parts.limits;
    const large = (this.#parts.feeds.get(conversation)?.followers.size ?? 0) > named;
    this.#parts.clock.after(large ? pause.large : pause.small, () => {
      this.#due.delete(id);
      const frame = what === "presence" ? this.presenceOf(conversation) : this.typingOf(conversation);
      for (const codec of this.#lookers.get(conversation)?.keys() ?? []) {
        this.#parts.broadcast.publish(lookTopic(codec, conversation), codec.encode([frame]));
      }
    });
  }
}

/** Since when somebody is here, and when they last said something. */
export interface Stay {
  readonly since: Time;
  readonly active: Time;
}

/** One socket of a dialect. */
interface Arrival {
  readonly user: UserId;
  readonly stay: Stay | null;
  readonly except: Watcher | undefined;
}

/** Who holds a lease on what, and how to cancel its end. Only timers end one: a clock may be set, a timer may not. */
type Leases = Map<ConversationId, Map<UserId, () => void>>;

function begin(leases: Leases, conversation: ConversationId, user: UserId, cancel: () => void): void {
  const held = leases.get(conversation) ?? new Map<UserId, () => void>();
  leases.set(conversation, held.set(user, cancel));
}

/** True where there was one. */
function end(leases: Leases, conversation: ConversationId, user: UserId): boolean {
  const held = leases.get(conversation);
  held?.get(user)?.();
  const had = held?.delete(user) ?? false;
  if (held?.size === 0) leases.delete(conversation);
  return had;
}
