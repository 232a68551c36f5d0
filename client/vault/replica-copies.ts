import type { ConversationId, Epoch, Time, UserId } from "@parley/protocol/ids";
import type { Log } from "../log.ts";
import type { Replica } from "../replica.ts";
import type { Person } from "../views.ts";
import { type Content, nameOf, stampOf } from "./content.ts";

/** Conversations that are kept, those first in which something happened last. */
const CONVERSATIONS = 500;
const PEOPLE = 2000;

export interface ReplicaSource {
  replica: Replica;
  me(): Person | null;
  people(): Iterable<Person>;
  /** Until when everything was heard; now, while the line is live. */
  heardAt(): Time;
}

interface Head {
  epoch: Epoch;
  inbox: ConversationId;
  me: Person;
  heardAt: Time;
}

/** The vault's copies of the logs and people of a replica: tells what of them changed since they were last written. */
export class ReplicaCopies {
  readonly #source: ReplicaSource;
  readonly #logs = new Map<ConversationId, unknown[]>();
  readonly #people = new Map<UserId, Person>();
  readonly #touched = new Set<ConversationId>();
  #everything = false;
  #head: Head | null = null;

  constructor(source: ReplicaSource) {
    this.#source = source;
  }

  /** Null: any of them, or somebody. */
  touched(conversation: ConversationId | null): void {
    if (conversation === null) this.#everything = true;
    else this.#touched.add(conversation);
  }

  restored({ replica, people }: Content): void {
    if (!replica) return;
    const { epoch, inbox, me, heardAt } = replica;
    this.#head = { epoch, inbox, me, heardAt };
    for (const log of replica.logs) this.#logs.set(log.id, stateOf(log));
    for (const person of people) this.#people.set(person.id, person);
  }

  /** What the vault has to learn, at the `last` moment even that nothing changed; it is taken to know it from here on. */
  changes(owner: string, last: boolean): Map<string, unknown> {
    const changes = new Map<string, unknown>();
    const head = this.#headNow();
    if (!head) return changes;
    const stamp = { ...stampOf(owner), epoch: head.epoch };
    if (this.#head?.epoch !== head.epoch) this.#beginAnew(changes);
    this.#logsInto(changes, stamp);
    if (this.#everything) this.#peopleInto(changes, stamp);
    const quiet = changes.size === 0 && !(last && this.#head?.heardAt !== head.heardAt);
    if (!quiet || !sameHead(this.#head, head)) changes.set("replica", { ...stamp, ...head });
    this.#head = head;
    this.#everything = false;
    this.#touched.clear();
    return changes;
  }

  /** Everything that may be in the vault by now. */
  names(): string[] {
    return ["replica", ...[...this.#logs.keys()].map(nameOf.log), ...[...this.#people.keys()].map(nameOf.person)];
  }

  forget(): void {
    this.#logs.clear();
    this.#people.clear();
    this.#touched.clear();
    this.#everything = false;
    this.#head = null;
  }

  #headNow(): Head | null {
    const { epoch, inbox } = this.#source.replica;
    const me = this.#source.me();
    const heardAt = this.#source.heardAt();
    return epoch !== null && inbox !== null && me ? { epoch, inbox, me, heardAt } : null;
  }

  /** Another history: nothing that was written of the old one stays. */
  #beginAnew(changes: Map<string, unknown>): void {
    for (const name of this.names()) changes.set(name, null);
    this.forget();
    this.#everything = true;
  }

  #logsInto(changes: Map<string, unknown>, stamp: object): void {
    const wanted = wantedOf(this.#source.replica);
    const ids =
      this.#everything || wanted.size >= CONVERSATIONS ? [...wanted.keys(), ...this.#logs.keys()] : this.#touched;
    for (const id of new Set(ids)) {
      const log = wanted.get(id);
      const was = this.#logs.get(id);
      if (!log) {
        if (this.#logs.delete(id)) changes.set(nameOf.log(id), null);
        continue;
      }
      const now = stateOf(log);
      if (was?.every((part, at) => part === now[at])) continue;
      this.#logs.set(id, now);
      changes.set(nameOf.log(id), { ...stamp, log: log.save() });
    }
  }

  #peopleInto(changes: Map<string, unknown>, stamp: object): void {
    for (const person of this.#source.people()) {
      const was = this.#people.get(person.id);
      if (was === person || (!was && this.#people.size >= PEOPLE)) continue;
      this.#people.set(person.id, person);
      changes.set(nameOf.person(person.id), { ...stamp, person });
    }
  }
}

/** Rooms that one only reads along are left out: they are not in one's list either. */
function wantedOf(replica: Replica): Map<ConversationId, Log> {
  const logs = [...replica.logs.values()].filter(({ summary }) => summary.role !== null || summary.kind === "inbox");
  const inOrder = logs.length > CONVERSATIONS ? logs.sort((one, other) => rank(other) - rank(one)) : logs;
  return new Map(inOrder.slice(0, CONVERSATIONS).map((log) => [log.id, log]));
}

function rank(log: Log): number {
  return log.summary.kind === "inbox" ? Number.POSITIVE_INFINITY : log.latest;
}

/** Differs as soon as something in what would be kept does. */
function stateOf(log: Log): unknown[] {
  const { revision, summary, cursor, next, low, holeFrom, stale, unread } = log;
  return [log, revision, summary, cursor, next, low, holeFrom, stale, unread.unread, unread.mentions];
}

function sameHead(one: Head | null, other: Head): boolean {
  return one !== null && one.epoch === other.epoch && one.inbox === other.inbox && one.me === other.me;
}
