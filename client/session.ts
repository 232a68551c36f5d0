import type { ChatError } from "@parley/protocol/errors";
import type { ServerFrameOf } from "@parley/protocol/frames";
import type { UserId } from "@parley/protocol/ids";
import { NOBODY } from "./people.ts";
import type { Person, WireLimits } from "./views.ts";

/** What a server accepts unless its welcome says otherwise. */
const USUAL_LIMITS: WireLimits = {
  text: 8000,
  room_name: 100,
  shown_name: 64,
  handle: 32,
  batch_bytes: 128 * 1024,
  page: 100,
};

/** Who one is on this server, and what it accepts. */
export class Session {
  me: Person | null = null;
  /** The server said in this life who this is. */
  greeted = false;
  limits = USUAL_LIMITS;
  #awaiting: { resolve(me: Person): void; reject(error: ChatError): void }[] = [];

  get id(): UserId {
    return this.me?.id ?? NOBODY;
  }

  /** Told once: this client was let in, or not. */
  admission(): Promise<Person> {
    return new Promise((resolve, reject) => {
      this.#awaiting.push({ resolve, reject });
    });
  }

  welcomed({ you, limits }: ServerFrameOf<"welcome">): void {
    this.me = you;
    this.greeted = true;
    this.limits = limits;
    for (const waiting of this.#awaiting.splice(0)) waiting.resolve(you);
  }

  refused(error: ChatError): void {
    for (const waiting of this.#awaiting.splice(0)) waiting.reject(error);
  }

  forget(error: ChatError): void {
    this.me = null;
    this.greeted = false;
    this.refused(error);
  }

  /** These people are called so now; one of them may be oneself. */
  met(people: readonly Person[]): void {
    this.me = people.find(({ id }) => id === this.me?.id) ?? this.me;
  }
}
