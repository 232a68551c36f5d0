import type { ConversationId, UserId } from "@parley/protocol/ids";
import type { Bus, Clock, Note } from "./ports.ts";

/** Who is here on one node: people with sockets of Parley's own, each once, and those of dialects, once a socket. */
export interface Roll {
  natives: readonly UserId[];
  guests: readonly UserId[];
}

export interface ElsewhereParts {
  bus: Bus;
  clock: Clock;
  limits: ElsewhereLimits;
  /** Who is here on this node. */
  rollOf(conversation: ConversationId): Roll;
  /** Conversations with somebody here on this node. */
  peopled(): Iterable<ConversationId>;
  /** Another node's roll changed. */
  changed(conversation: ConversationId, was: Roll, now: Roll): void;
}

export interface ElsewhereLimits {
  /** Milliseconds between two signs of life, and after which a silent node is dead. */
  sign: number;
  dead: number;
  /** Milliseconds after which a node says again what it said, for those whom it did not reach. */
  again: number;
}

const NOBODY: Roll = { natives: [], guests: [] };
/** Where nodes give their signs of life: no conversation has this id. */
const NODES = 0;

type Presence = Extract<Note, { is: "here" | "who" }>;

/**
 * Who is here on other nodes: each says its whole roll when it changes, when it is asked, and now and then. A node
 * that gives no sign of life is forgotten with all whom it named. Nothing of this happens on a node that is alone.
 */
export class Elsewhere {
  readonly #parts: ElsewhereParts;
  readonly #rolls = new Map<ConversationId, Map<string, Roll>>();
  readonly #nodes = new Map<string, () => void>();
  readonly #due = new Set<ConversationId>();

  constructor(parts: ElsewhereParts) {
    this.#parts = parts;
    if (parts.bus.node === null) return;
    parts.bus.subscribe(NODES, (note) => this.#alive(note));
    this.#sign();
    this.#repeat();
  }

  /** The roll of this node changed; what changes in one turn is said once. */
  say(conversation: ConversationId): void {
    if (this.#parts.bus.node === null || this.#due.has(conversation)) return;
    this.#due.add(conversation);
    this.#parts.clock.turn(() => {
      this.#due.delete(conversation);
      this.#say(conversation);
    });
  }

  /** This node just began to listen there: it asks who is here. */
  ask(conversation: ConversationId): void {
    const { bus } = this.#parts;
    if (bus.node !== null) bus.publish(conversation, { is: "who", node: bus.node });
  }

  heard(conversation: ConversationId, note: Presence): void {
    if (note.node === this.#parts.bus.node) return;
    if (note.is === "who") return this.#say(conversation);
    this.#live(note.node);
    this.#take(conversation, note.node, note);
  }

  /** The rolls of all other nodes. */
  rolls(conversation: ConversationId): Roll[] {
    return [...(this.#rolls.get(conversation)?.values() ?? [])];
  }

  /** Has this person sockets of Parley's own on another node? */
  hasNative(conversation: ConversationId, user: UserId): boolean {
    return this.rolls(conversation).some(({ natives }) => natives.includes(user));
  }

  #say(conversation: ConversationId): void {
    const { bus, rollOf } = this.#parts;
    if (bus.node !== null) bus.publish(conversation, { is: "here", node: bus.node, ...rollOf(conversation) });
  }

  #sign(): void {
    const { bus, clock, limits } = this.#parts;
    if (bus.node !== null) bus.publish(NODES, { is: "alive", node: bus.node });
    clock.after(limits.sign, () => this.#sign());
  }

  #repeat(): void {
    const { clock, limits } = this.#parts;
    clock.after(limits.again, () => {
      this.#sayAll();
      this.#repeat();
    });
  }

  #sayAll(): void {
    for (const conversation of this.#parts.peopled()) this.say(conversation);
  }

  #alive(note: Note): void {
    if (note.is === "alive" && note.node !== this.#parts.bus.node) this.#live(note.node);
  }

  /** A node was heard. Where it was not known, it may have forgotten this one, too, or never have heard of it. */
  #live(node: string): void {
    const { clock, limits } = this.#parts;
    const cancel = this.#nodes.get(node);
    if (cancel) cancel();
    else this.#sayAll();
    this.#nodes.set(
      node,
      clock.after(limits.dead, () => this.#died(node)),
    );
  }

  #died(node: string): void {
    this.#nodes.delete(node);
    for (const conversation of [...this.#rolls.keys()]) this.#take(conversation, node, NOBODY);
  }

  #take(conversation: ConversationId, node: string, { natives, guests }: Roll): void {
    const rolls = this.#rolls.get(conversation) ?? new Map<string, Roll>();
    const was = rolls.get(node) ?? NOBODY;
    if (natives.length + guests.length > 0) {
      rolls.set(node, { natives, guests });
      this.#rolls.set(conversation, rolls);
    } else {
      rolls.delete(node);
      if (rolls.size === 0) this.#rolls.delete(conversation);
    }
    if (!same(was.natives, natives) || !same(was.guests, guests)) {
      this.#parts.changed(conversation, was, { natives, guests });
    }
  }
}

function same(one: readonly UserId[], other: readonly UserId[]): boolean {
  return one.length === other.length && one.every((user, at) => user === other[at]);
}
