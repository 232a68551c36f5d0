import { expect } from "bun:test";
import type { EntryKind } from "@parley/protocol/entries";
import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import {
  type Draft,
  type Guard,
  type MarkMove,
  NEW,
  type Opening,
  type Outcome,
  type Write,
} from "../../core/commit.ts";
import type { Store } from "../../core/ports.ts";
import type { Logged, User } from "../../core/rows.ts";

/** A store under test. */
export interface Subject {
  store: Store;
  /** Closes the store and opens what it left behind. */
  restart(): Promise<Store>;
  /** Removes everything. */
  discard(): Promise<void>;
}

/** Opens an empty store. */
export type Open = () => Promise<Subject>;

export const NOW = 1_750_000_000_000;
export const DAY = 86_400_000;

/** Plays a scene on an empty store and clears it away. */
export async function play(open: Open, scene: (world: World) => Promise<void>): Promise<void> {
  const subject = await open();
  const world = new World(subject);
  try {
    await scene(world);
  } finally {
    await world.store.close();
    await subject.discard();
  }
}

/** A store with people in it, and short ways to say what they do. */
export class World {
  store: Store;
  readonly #subject: Subject;
  #keys = 0;

  constructor(subject: Subject) {
    this.#subject = subject;
    this.store = subject.store;
  }

  async restart(): Promise<void> {
    this.store = await this.#subject.restart();
  }

  person(name: string, time = NOW): Promise<User> {
    const handle = name.toLowerCase();
    const handles = [handle, `${handle}-2`, `${handle}-3`];
    return this.store.enrol({ name, handles, tokenHash: `token of ${name}`, time });
  }

  /** A conversation with these people; the first made it. */
  async place(people: readonly User[], opening: Partial<Opening> = {}): Promise<ConversationId> {
    const [outcome] = await this.commit(opens(people, this.key(), opening));
    return openedBy(outcome);
  }

  /** Everyone's first membership of a place begins behind the entry that made it. */
  since(people: readonly User[], user: User): Seq {
    return people.indexOf(user) + 2;
  }

  key(): string {
    return `key-${++this.#keys}`;
  }

  async commit(...writes: Write[]): Promise<Outcome[]> {
    return (await this.store.commit(writes, [])).outcomes;
  }

  /** Writes one entry, and gives it back. */
  async log(draft: Draft): Promise<Logged> {
    const [outcome] = await this.commit(write(draft));
    return first(outcome);
  }

  async say(user: User, conversation: ConversationId, text: string, mentions?: UserId[]): Promise<Logged> {
    return this.log(message(user, conversation, this.key(), text, mentions));
  }

  async mark(...marks: [ConversationId, User, Seq, Seq][]): Promise<MarkMove[]> {
    const moves = marks.map(([conversation, user, delivered, read]) => ({
      conversation,
      user: user.id,
      delivered,
      read,
    }));
    return (await this.store.commit([], moves)).moved;
  }
}

/** A draft of any kind, with a digest that stands for its content. */
export function draft<K extends EntryKind>(
  author: Pick<User, "id">,
  conversation: ConversationId,
  key: string,
  kind: K,
  body: Extract<Draft, { kind: K }>["body"],
): Draft {
  const digest = Number(BigInt.asUintN(52, BigInt(Bun.hash(JSON.stringify([kind, body])))));
  return { conversation, author: author.id, key, digest, kind, body } as Draft;
}

export function message(
  user: User,
  conversation: ConversationId,
  key: string,
  text: string,
  mentions?: UserId[],
): Draft {
  return draft(user, conversation, key, "message", mentions ? { text, mentions } : { text });
}

export function joined(user: User, conversation: ConversationId, key: string): Draft {
  const { id, name, handle } = user;
  return draft(user, conversation, key, "joined", { user: id, name, handle, role: "member" });
}

export function left(user: User, conversation: ConversationId, key: string): Draft {
  return draft(user, conversation, key, "left", { user: user.id });
}

export function write(drafts: Draft | Draft[], ...guards: Guard[]): Write {
  return { time: NOW, guards, drafts: Array.isArray(drafts) ? drafts : [drafts] };
}

/** A write that opens a conversation under a key in its maker's inbox. */
export function opens(people: readonly User[], key: string, partial: Partial<Opening> = {}): Write {
  const [maker] = people as [User];
  const opening: Opening = {
    kind: "room",
    name: "Kitchen",
    topic: null,
    visibility: "public",
    owner: maker.id,
    ...partial,
  };
  const { kind, name, topic, visibility } = opening;
  return {
    time: NOW,
    guards: [],
    open: opening,
    drafts: [
      draft(maker, maker.inbox, key, "added", { conversation: NEW }),
      draft(maker, NEW, key, "created", { kind, name, topic, visibility }),
      ...people.map((user) => ({ ...joined(user, NEW, `~${user.id}`), author: maker.id })),
      ...people.slice(1).map((user) => draft(maker, user.inbox, `~o:${key}`, "added", { conversation: NEW })),
    ],
  };
}

export function direct(people: readonly [User, User], key: string): Write {
  const [a, b] = people;
  const pair: [UserId, UserId] = [Math.min(a.id, b.id), Math.max(a.id, b.id)];
  return opens(people, key, { kind: "direct", name: null, visibility: "private", owner: null, pair });
}

/** The first entry of an outcome that must be `written`. */
export function first(outcome: Outcome | undefined): Logged {
  expect(outcome).toMatchObject({ is: "written" });
  return (outcome as Extract<Outcome, { is: "written" }>).logged[0] as Logged;
}

/** The conversation that this outcome must have opened, now or earlier. */
export function openedBy(outcome: Outcome | undefined): ConversationId {
  const opened = outcome && "opened" in outcome ? outcome.opened : null;
  expect(opened).toBeGreaterThan(0);
  return opened as ConversationId;
}

/** What became of each write, in one word. */
export function verdicts(outcomes: readonly Outcome[]): Outcome["is"][] {
  return outcomes.map((outcome) => outcome.is);
}
