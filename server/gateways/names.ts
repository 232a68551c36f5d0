import type { UserId } from "@parley/protocol/ids";
import type { Chat } from "../core/chat.ts";
import type { Clock, Observer } from "../core/ports.ts";
import type { User } from "../core/rows.ts";
import { calledIn } from "./who.ts";

/** Milliseconds before names that could not be read are asked for again. */
const AGAIN = 500;
const KEPT = 10_000;

/** How people are called in dialects, as far as somebody asked for it. */
export class Names {
  readonly #parts: { chat: Chat; clock: Clock; observer: Observer };
  readonly #names = new Map<UserId, string>();

  constructor(parts: { chat: Chat; clock: Clock; observer: Observer }) {
    this.#parts = parts;
  }

  /** Empty where it is not known. */
  of(user: UserId): string {
    return this.#names.get(user) ?? "";
  }

  knows(users: readonly UserId[]): boolean {
    return users.every((id) => this.#names.has(id));
  }

  /** This is who they are now. */
  note(person: Pick<User, "id" | "name" | "handle"> & { open?: true | undefined }): void {
    this.#names.set(person.id, calledIn(person));
  }

  /** Resolves when all of them are known. Where the store does not answer, it waits on. */
  async learn(users: readonly UserId[]): Promise<void> {
    if (this.#names.size > KEPT) this.#names.clear();
    const unknown = [...new Set(users)].filter((id) => !this.#names.has(id));
    if (unknown.length === 0) return;
    for (const user of await this.#read(unknown)) this.note(user);
  }

  async #read(users: readonly UserId[]): Promise<User[]> {
    const { chat, clock, observer } = this.#parts;
    for (;;) {
      try {
        return await chat.people.known(users);
      } catch (error) {
        observer.log("warn", "names_unread", { error: String(error) });
        await new Promise<void>((resolve) => void clock.after(AGAIN, resolve));
      }
    }
  }
}
