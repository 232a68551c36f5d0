import type { Result } from "@parley/protocol/commands";
import type { UserId } from "@parley/protocol/ids";
import type { Person } from "@parley/protocol/people";

const AT_ONCE = 100;

/** Nobody's id: it equals no other. */
export const NOBODY: UserId = Number.NaN;

export interface PeopleParts {
  ask(ids: UserId[]): Promise<Result<"people">>;
  changed(): void;
}

/** Everybody who was met so far. Those who were not are asked for, together, once a turn. */
export class People {
  readonly #parts: PeopleParts;
  readonly #known = new Map<UserId, Person>();
  readonly #asked = new Set<UserId>();
  #wanted: UserId[] = [];

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** Undefined while the server is being asked. */
  get(id: UserId): Person | undefined {
    const person = this.#known.get(id);
    if (!person && !this.#asked.has(id)) this.#want(id);
    return person;
  }

  /** Everybody who is known. */
  all(): Iterable<Person> {
    return this.#known.values();
  }

  met(people: readonly Person[]): void {
    let news = false;
    for (const person of people) {
      if (same(this.#known.get(person.id), person)) continue;
      this.#known.set(person.id, person);
      news = true;
    }
    if (news) this.#parts.changed();
  }

  clear(): void {
    this.#known.clear();
    this.#asked.clear();
    this.#wanted = [];
  }

  #want(id: UserId): void {
    this.#asked.add(id);
    this.#wanted.push(id);
    if (this.#wanted.length === 1) queueMicrotask(() => this.#ask());
  }

  #ask(): void {
    const ids = this.#wanted;
    this.#wanted = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      this.#parts.ask(ids.slice(at, at + AT_ONCE)).then(
        ({ people }) => this.met(people),
        // Nobody to show: the view goes without a name, and asking again would not change that.
        () => {},
      );
    }
  }
}

function same(one: Person | undefined, other: Person): boolean {
  return (
    one !== undefined &&
    one.name === other.name &&
    one.handle === other.handle &&
    one.kind === other.kind &&
    one.role === other.role &&
    one.open === other.open
  );
}
