import type { ConversationId, Time, UserId } from "@parley/protocol/ids";
import type { Signal } from "@parley/protocol/signals";
import { Elsewhere, type ElsewhereLimits, type Roll } from "./elsewhere.ts";
import type { Feed } from "./feed.ts";
import type { Feeds } from "./feeds.ts";
import { Lapses } from "./lapses.ts";
import type { Lines } from "./lines.ts";
import { type Looker, Lookers } from "./lookers.ts";
import type { Broadcast, Bus, Clock, Note } from "./ports.ts";
import type { ConversationRow } from "./rows.ts";

export interface PresenceLimits {
  /** Above so many present people only their number is told. */
  named: number;
  /** Milliseconds that somebody stays present after their last socket. */
  linger: number;
  /** Milliseconds after which nobody is writing any more who did not say so again. */
  typingLease: number;
  /** Shortest time between two tellings of one conversation, small and large. */
  pause: { small: number; large: number };
  elsewhere: ElsewhereLimits;
}

export interface PresenceParts {
  feeds: Feeds;
  lines: Lines;
  bus: Bus;
  broadcast: Broadcast;
  clock: Clock;
  limits: PresenceLimits;
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

/** Who is here and who is writing: leases that expire, told to those who look, coalesced, and never kept. */
export class Presence {
  readonly #parts: PresenceParts;
  readonly #lingering: Lapses;
  readonly #typing: Lapses;
  readonly #lookers: Lookers;
  readonly #watchers = new Map<ConversationId, Set<Watcher>>();
  /** One for each socket of a dialect, in the order in which they came. */
  readonly #arrivals = new Map<ConversationId, Arrival[]>();
  readonly #elsewhere: Elsewhere;

  constructor(parts: PresenceParts) {
    this.#parts = parts;
    const { bus, broadcast, clock, limits } = parts;
    this.#lingering = new Lapses(clock);
    this.#typing = new Lapses(clock);
    this.#lookers = new Lookers({
      ...{ broadcast, clock },
      telling: (what, conversation) =>
        what === "presence" ? this.presenceOf(conversation) : this.typingOf(conversation),
      pause: (conversation) => this.#pause(conversation),
    });
    this.#elsewhere = new Elsewhere({
      ...{ bus, clock, limits: limits.elsewhere },
      rollOf: (conversation) => this.#rollHere(conversation),
      peopled: () => this.#peopled(),
      changed: (conversation, was, now) => this.#changedElsewhere(conversation, was, now),
    });
  }

  /** Takes what another node says of a conversation that is followed here. */
  heard(conversation: ConversationId, note: Note): void {
    if (note.is === "rung") this.#elsewhere.ask(conversation);
    else if (note.is === "here" || note.is === "who") this.#elsewhere.heard(conversation, note);
    else if (note.is === "writing" && note.node !== this.#parts.bus.node) {
      this.#typed(conversation, note.user, note.active);
    }
  }

  came(feed: Feed, user: UserId): void {
    const conversation = feed.row.id;
    const lingered = this.#lingering.end(conversation, user);
    if (!lingered && this.#watchers.has(conversation) && this.#isFirst(conversation, user)) {
      this.#tellWatchers(conversation, (to) => to.came(user));
    }
    this.#changed(conversation);
  }

  /** Is only one native socket of this person here, and none elsewhere? */
  #isFirst(conversation: ConversationId, user: UserId): boolean {
    const here = this.#parts.lines.of(user).filter((line) => line.isMember(conversation));
    return here.length <= 1 && !this.#elsewhere.hasNative(conversation, user);
  }

  /** A socket stopped following; the person stays for a while, and longer where another socket of theirs is left. */
  went(feed: Feed, user: UserId, lingers: boolean): void {
    const conversation = feed.row.id;
    this.typing(conversation, user, false);
    const others = this.#parts.lines.of(user).some((line) => line.follows(conversation));
    if (others) return this.#lookers.tellSoon("presence", conversation);
    if (!lingers) return this.#leftHere(conversation, user);
    this.#lingering.end(conversation, user);
    this.#lingering.begin(conversation, user, this.#parts.limits.linger, () => {
      if (this.#lingering.end(conversation, user)) this.#leftHere(conversation, user);
    });
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
    this.#changed(conversation);
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
    // Every message ends this, and hardly any has to.
    if (!active && !this.#typing.has(conversation, user)) return;
    const { bus } = this.#parts;
    if (bus.node !== null) bus.publish(conversation, { is: "writing", node: bus.node, user, active });
    this.#typed(conversation, user, active, except);
  }

  #typed(conversation: ConversationId, user: UserId, active: boolean, except?: Watcher): void {
    if (active) this.#tellWatchers(conversation, (to) => to !== except && to.typing(user));
    const before = this.#typing.end(conversation, user);
    if (before && !active) this.#tellWatchers(conversation, (to) => to !== except && to.stopped?.(user));
    if (active) {
      const { typingLease } = this.#parts.limits;
      this.#typing.begin(conversation, user, typingLease, () => this.#typed(conversation, user, false));
    }
    if (active !== before) this.#lookers.tellSoon("typing", conversation);
  }

  /** Starts telling this conversation to this socket, with what is true now. */
  look(looker: Looker, conversation: ConversationId): void {
    this.#lookers.look(looker, conversation);
  }

  lookAway(looker: Looker, conversation: ConversationId): void {
    this.#lookers.lookAway(looker, conversation);
  }

  /** Everybody who is here now as dialects count them, a person as often as they came. */
  roll(conversation: ConversationId): UserId[] {
    return this.here(conversation).map(({ user }) => user);
  }

  /** The same with their times, where they came by a dialect. */
  here(conversation: ConversationId): { user: UserId; stay: Stay | null }[] {
    const others = this.#elsewhere.rolls(conversation);
    const natives = new Set([...this.#native(conversation), ...others.flatMap((roll) => roll.natives)]);
    const guests = others.flatMap((roll) => roll.guests);
    const untimed = [...natives, ...guests].map((user) => ({ user, stay: null }));
    return [...untimed, ...(this.#arrivals.get(conversation) ?? [])];
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
    const users = this.#typing.users(conversation);
    return { t: "typing", conversation, count: users.length, users: users.slice(0, TYPISTS_NAMED) };
  }

  #native(conversation: ConversationId): Set<UserId> {
    const here = new Set(this.#lingering.users(conversation));
    for (const { role, follower } of this.#parts.feeds.get(conversation)?.followers ?? []) {
      if (role) here.add(follower.user.id);
    }
    return here;
  }

  #leave(conversation: ConversationId, arrival: Arrival): void {
    const here = this.#arrivals.get(conversation) ?? [];
    const left = here.filter((other) => other !== arrival);
    if (left.length === here.length) return;
    if (left.length > 0) this.#arrivals.set(conversation, left);
    else this.#arrivals.delete(conversation);
    if (left.every(({ user }) => user !== arrival.user)) this.typing(conversation, arrival.user, false);
    this.#tellWatchers(conversation, (to) => to !== arrival.except && to.went(arrival.user));
    this.#changed(conversation);
  }

  /** The last native socket of this person on this node is gone. */
  #leftHere(conversation: ConversationId, user: UserId): void {
    if (!this.#elsewhere.hasNative(conversation, user)) this.#tellWatchers(conversation, (to) => to.went(user));
    this.#changed(conversation);
  }

  /** Who is here on this node changed. */
  #changed(conversation: ConversationId): void {
    this.#lookers.tellSoon("presence", conversation);
    this.#elsewhere.say(conversation);
  }

  #rollHere(conversation: ConversationId): Roll {
    const guests = (this.#arrivals.get(conversation) ?? []).map(({ user }) => user);
    return { natives: [...this.#native(conversation)], guests };
  }

  #peopled(): ConversationId[] {
    const followed = this.#parts.feeds.all().map(({ row }) => row);
    const isPeopled = ({ id, kind }: ConversationRow) =>
      this.#arrivals.has(id) || (kind !== "inbox" && this.#native(id).size > 0);
    return followed.filter(isPeopled).map(({ id }) => id);
  }

  #changedElsewhere(conversation: ConversationId, was: Roll, now: Roll): void {
    const here = this.#native(conversation);
    const known = (user: UserId) => here.has(user) || this.#elsewhere.hasNative(conversation, user);
    const natives = (gone: Roll, left: Roll) => gone.natives.filter((user) => !left.natives.includes(user));
    const came = natives(now, was).filter((user) => !here.has(user) && !this.#elsewhereBut(conversation, now, user));
    const went = natives(was, now).filter((user) => !known(user));
    for (const user of [...came, ...without(now.guests, was.guests)]) {
      this.#tellWatchers(conversation, (to) => to.came(user));
    }
    for (const user of [...went, ...without(was.guests, now.guests)]) {
      this.#tellWatchers(conversation, (to) => to.went(user));
    }
    this.#lookers.tellSoon("presence", conversation);
  }

  /** Is this person on a node besides the one that said this? */
  #elsewhereBut(conversation: ConversationId, said: Roll, user: UserId): boolean {
    const others = this.#elsewhere.rolls(conversation).filter(({ natives }) => natives !== said.natives);
    return others.some(({ natives }) => natives.includes(user));
  }

  #tellWatchers(conversation: ConversationId, tell: (watcher: Watcher) => void): void {
    for (const watcher of this.#watchers.get(conversation) ?? []) tell(watcher);
  }

  #pause(conversation: ConversationId): number {
    const { pause, named } = this.#parts.limits;
    const large = (this.#parts.feeds.get(conversation)?.followers.length ?? 0) > named;
    return large ? pause.large : pause.small;
  }
}

/** Those of the first, as often as they are not in the second. */
function without(all: readonly UserId[], others: readonly UserId[]): UserId[] {
  const left = [...others];
  return all.filter((user) => {
    const at = left.indexOf(user);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
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
