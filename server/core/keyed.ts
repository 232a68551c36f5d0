import type { Receipt } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Key } from "@parley/protocol/ids";
import type { Actor } from "./actor.ts";
import type { Guard, Outcome, Write } from "./commit.ts";
import type { Committer, Waiting } from "./committer.ts";
import type { Digests, Store } from "./ports.ts";
import type { Logged } from "./rows.ts";

export interface KeyedParts {
  store: Store;
  committer: Committer;
  digests: Digests;
}

/** What came of a keyed command. `again` where an earlier one with this key had been carried out. */
export interface Done {
  receipt: Receipt;
  opened: ConversationId | null;
  again: boolean;
}

/** Who is told what came of a keyed command: either that it is done or that it failed, once. */
export interface Asker {
  /** Its write is about to take its place in the next commit. What this throws stops it. */
  placing?(): void;
  /** It took its place: what is placed from now on comes behind it. */
  placed?(): void;
  done(done: Done): void;
  failed(error: unknown): void;
}

/**
 * A key that no client can make, for an entry that goes along with a keyed one. With the client's key in it, a cursor on
 * that entry tells histories apart.
 */
export function ownKey(...parts: (string | number)[]): Key {
  return `~${parts.join(":")}`;
}

export interface KeyedCommand {
  name: string;
  /** The conversation in whose log the key stands. */
  log: ConversationId;
  key: Key;
  /** Everything else that the client asked for. */
  content: unknown;
  /** Authorizes and decides for `by`. Asked again when another commit came between. */
  decide(digest: number, by: Actor): Write | Promise<Write>;
}

const ATTEMPTS = 5;
/** What a client may take as a key. Keys with another character in them are the server's own. */
const CLIENT_KEY = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Guards that fail because somebody else was faster: what they ask for is decided again. */
const PASSING: readonly Guard["is"][] = ["stranger", "unowned", "password"];

const REFUSALS: Record<Guard["is"], ChatError["code"]> = {
  member: "not_member",
  stranger: "internal",
  open: "gone",
  message: "not_found",
  fewer: "too_many",
  unnamed: "name_taken",
  unblocked: "blocked",
  unowned: "internal",
  password: "internal",
  holder: "name_taken",
};

/**
 * Carries a command out exactly once. An earlier outcome under the same key comes first, whatever this person may
 * do by now; the same key with other content is refused.
 */
export function carryOut(parts: KeyedParts, actor: Actor, command: KeyedCommand): Promise<Done> {
  return new Promise((done, failed) => begin(parts, actor, command, { done, failed }));
}

/** The same for somebody who need not wait for a promise: what can be done at once is done before this returns. */
export function begin(parts: KeyedParts, actor: Actor, command: KeyedCommand, asker: Asker): void {
  if (CLIENT_KEY.test(command.key)) new Attempt(parts, actor, command, asker).decide(actor);
  else asker.failed(new ChatError("bad_key"));
}

/** A keyed command on its way: decided, committed, and decided again where somebody else was faster. */
class Attempt implements Waiting<Outcome> {
  readonly #parts: KeyedParts;
  readonly #actor: Actor;
  readonly #command: KeyedCommand;
  readonly #asker: Asker;
  readonly #digest: number;
  #left = ATTEMPTS;

  constructor(parts: KeyedParts, actor: Actor, command: KeyedCommand, asker: Asker) {
    this.#parts = parts;
    this.#actor = actor;
    this.#command = command;
    this.#asker = asker;
    this.#digest = parts.digests.content(JSON.stringify([command.name, command.content]));
  }

  decide(by: Actor): void {
    let write: Write | Promise<Write>;
    try {
      write = this.#command.decide(this.#digest, by);
    } catch (error) {
      return this.#recall(error);
    }
    if (!(write instanceof Promise)) return this.#place(write);
    write.then(
      (decided) => this.#place(decided),
      (error) => this.#recall(error),
    );
  }

  resolve(outcome: Outcome): void {
    if (outcome.is === "written") return this.#done(outcome.logged[0] as Logged, outcome.opened, false);
    if (outcome.is === "duplicate") return this.#done(outcome.logged, outcome.opened, true);
    if (outcome.is === "reused") return this.reject(new ChatError("key_reused"));
    if (!PASSING.includes(outcome.guard.is)) return this.reject(new ChatError(REFUSALS[outcome.guard.is]));
    this.#left -= 1;
    // What a line knows already may be older than what the write was refused for.
    if (this.#left > 0) this.decide(afresh(this.#actor));
    else this.reject(new ChatError("unavailable", "Others change the same thing at this moment.", 1000));
  }

  reject(error: unknown): void {
    this.#asker.failed(error);
  }

  #place(write: Write): void {
    try {
      this.#asker.placing?.();
    } catch (error) {
      return this.reject(error);
    }
    this.#parts.committer.place(write, this);
    this.#asker.placed?.();
  }

  /** It may not be done now: but it may have been done before. */
  #recall(refusal: unknown): void {
    if (!(refusal instanceof ChatError)) return this.reject(refusal);
    const { log, key } = this.#command;
    this.#parts.store.recall(this.#actor.user.id, log, key).then(
      (earlier) => {
        if (!earlier) return this.reject(refusal);
        if (earlier.digest !== this.#digest) return this.reject(new ChatError("key_reused"));
        const { kind, body } = earlier.logged.entry;
        this.#done(earlier.logged, kind === "added" ? body.conversation : null, true);
      },
      (error) => this.reject(error),
    );
  }

  #done({ conversation, entry }: Logged, opened: ConversationId | null, again: boolean): void {
    this.#asker.done({ receipt: { conversation, seq: entry.seq, entry: entry.id }, opened, again });
  }
}

/** The same actor, who obtained nothing so far. */
function afresh({ user, saysBlank, token }: Actor): Actor {
  return { user, token, ...(saysBlank && { saysBlank }) };
}
