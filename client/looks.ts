import type { ConversationId, Time, UserId } from "@parley/protocol/ids";
import type { Signal } from "@parley/protocol/signals";
import type { Command } from "./calls.ts";
import type { ClientClock } from "./client.ts";
import type { Presence } from "./views.ts";
import { within } from "./within.ts";

/** While somebody writes, that is said so often. */
const AGAIN = 3000;

export interface LooksParts {
  clock: ClientClock;
  /** Said on this line or not at all. */
  say(command: Command): boolean;
  /** Is this conversation held? A look at any other would be refused, and all others with it. */
  known(conversation: ConversationId): boolean;
  me(): UserId;
  changed(conversation: ConversationId): void;
}

const NOBODY: Presence = Object.freeze({ count: 0, people: null });
const NO_ONE: readonly UserId[] = Object.freeze([]);

/** What is on the screen, and what is heard only there: who is present, and who is writing. */
export class Looks {
  readonly #parts: LooksParts;
  readonly #here = new Map<ConversationId, Presence>();
  readonly #typing = new Map<ConversationId, readonly UserId[]>();
  readonly #saidTyping = new Map<ConversationId, Time>();
  #looking: readonly ConversationId[] = [];
  #saying = false;

  constructor(parts: LooksParts) {
    this.#parts = parts;
  }

  here(conversation: ConversationId): Presence {
    return this.#here.get(conversation) ?? NOBODY;
  }

  typing(conversation: ConversationId): readonly UserId[] {
    return this.#typing.get(conversation) ?? NO_ONE;
  }

  look(conversations: readonly ConversationId[]): void {
    const now = [...new Set(conversations)];
    if (now.length === this.#looking.length && now.every((id) => this.#looking.includes(id))) return;
    for (const id of this.#looking) if (!now.includes(id)) this.#unsee(id);
    this.#looking = now;
    this.#saySoon();
  }

  /** A conversation came to be held: looking at it means something now. */
  arrived(conversation: ConversationId): void {
    if (this.#looking.includes(conversation)) this.#saySoon();
  }

  /** Says that this person is writing, not more often than it needs to be heard. */
  write(conversation: ConversationId, active: boolean): void {
    const now = this.#parts.clock.now();
    const said = this.#saidTyping.get(conversation);
    const recent = said !== undefined && within(AGAIN, said, now);
    if (active ? recent : said === undefined) return;
    if (!this.#parts.say({ t: "typing", conversation, active })) return;
    if (active) this.#saidTyping.set(conversation, now);
    else this.#saidTyping.delete(conversation);
  }

  /** A message ends what its author was writing. */
  wrote(conversation: ConversationId, author: UserId): void {
    if (author === this.#parts.me()) this.#saidTyping.delete(conversation);
    const users = this.typing(conversation);
    if (users.includes(author)) this.#setTyping(conversation, without(users, author));
  }

  receive(signal: Signal): void {
    const { conversation } = signal;
    if (signal.t === "presence") {
      this.#here.set(conversation, { count: signal.count, people: signal.here ?? null });
      this.#parts.changed(conversation);
    } else if (signal.t === "typing") this.#setTyping(conversation, without(signal.users, this.#parts.me()));
  }

  /** A new line knows nothing of what the old one looked at. */
  resume(): void {
    if (this.#looking.length > 0) this.#saySoon();
  }

  lost(): void {
    this.#saidTyping.clear();
    for (const id of [...this.#typing.keys()]) this.#setTyping(id, NO_ONE);
  }

  clear(): void {
    this.lost();
    this.#looking = [];
    this.#here.clear();
  }

  #saySoon(): void {
    if (this.#saying) return;
    this.#saying = true;
    queueMicrotask(() => {
      this.#saying = false;
      const conversations = this.#looking.filter((id) => this.#parts.known(id));
      this.#parts.say({ t: "look", conversations });
    });
  }

  #setTyping(conversation: ConversationId, users: readonly UserId[]): void {
    if (users.length === 0) this.#typing.delete(conversation);
    else this.#typing.set(conversation, users);
    this.#parts.changed(conversation);
  }

  #unsee(conversation: ConversationId): void {
    this.#here.delete(conversation);
    this.#typing.delete(conversation);
    this.#parts.changed(conversation);
  }
}

function without(users: readonly UserId[], user: UserId): readonly UserId[] {
  return users.filter((other) => other !== user);
}
