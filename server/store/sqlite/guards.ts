import type { Statement } from "bun:sqlite";
import type { Guard } from "../../core/commit.ts";
import type { Accesses } from "./access.ts";
import type { Blocks } from "./blocks.ts";
import type { Heads } from "./heads.ts";
import { READS } from "./reads.ts";
import type { Statements } from "./statements.ts";

/** Asks whether a condition holds at this point of a batch. */
export class Guards {
  readonly #accesses: Accesses;
  readonly #heads: Heads;
  readonly #blocks: Blocks;
  readonly #named: Statement<{ id: number }, [string]>;
  readonly #message: Statement<{ author: number }, [number, number]>;

  constructor(statements: Statements, heads: Heads, accesses: Accesses, blocks: Blocks) {
    this.#accesses = accesses;
    this.#blocks = blocks;
    this.#heads = heads;
    this.#named = statements.prepare(READS.roomNamed);
    this.#message = statements.prepare("SELECT author FROM entries WHERE conversation = ? AND seq = ? AND live = 1");
  }

  holds(guard: Guard): boolean {
    if (guard.is === "unnamed") return this.#isUnnamed(guard.name);
    if (guard.is === "password") return this.#accesses.passwordOf(guard.user) === guard.hash;
    if (guard.is === "holder") return this.#accesses.holdsNames(guard.user);
    const { conversation } = guard;
    switch (guard.is) {
      case "member":
        return this.#heads.memberSince(conversation, guard.user) === guard.since;
      case "stranger":
        return this.#heads.find(conversation) !== null && this.#heads.memberSince(conversation, guard.user) === null;
      case "open":
        return this.#heads.find(conversation)?.closed === 0;
      case "unblocked":
        return this.#heads.find(conversation) !== null && !this.#blocks.isWithin(conversation, guard.user);
      case "unowned":
        return this.#heads.find(conversation)?.owner === null;
      case "fewer":
        return (this.#heads.find(conversation)?.members ?? Number.POSITIVE_INFINITY) < guard.than;
      case "message": {
        const message = this.#message.get(conversation, guard.seq);
        return message !== null && (guard.author === undefined || message.author === guard.author);
      }
    }
  }

  #isUnnamed(name: string): boolean {
    // Names are found in the table, where what this batch renamed or closed is not written yet.
    this.#heads.flush();
    return this.#named.get(name) === null;
  }
}
