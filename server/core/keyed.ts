import type { Receipt } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Key } from "@parley/protocol/ids";
import type { Actor } from "./actor.ts";
import type { Guard, Write } from "./commit.ts";
import type { Committer } from "./committer.ts";
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
  decide(digest: number, by: Actor): Promise<Write>;
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
 * do by now; the same key with other content is refused. `placing` is called in the turn in which the write takes its
 * place in the next commit; what it throws stops the write.
 */
export async function carryOut(
  parts: KeyedParts,
  actor: Actor,
  command: KeyedCommand,
  placing?: () => void,
): Promise<Done> {
  if (!CLIENT_KEY.test(command.key)) throw new ChatError("bad_key");
  const digest = parts.digests.content(JSON.stringify([command.name, command.content]));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // What a line knows already may be older than what the write was refused for.
    const by = attempt === 0 ? actor : afresh(actor);
    const write = await decideOrRecall(parts, by, command, digest);
    if ("receipt" in write) return write;
    placing?.();
    const outcome = await parts.committer.commit(write);
    if (outcome.is === "written") return doneWith(outcome.logged[0] as Logged, outcome.opened, false);
    if (outcome.is === "duplicate") return doneWith(outcome.logged, outcome.opened, true);
    if (outcome.is === "reused") throw new ChatError("key_reused");
    if (!PASSING.includes(outcome.guard.is)) throw new ChatError(REFUSALS[outcome.guard.is]);
  }
  throw new ChatError("unavailable", "Others change the same thing at this moment.", 1000);
}

/** The same actor, who obtained nothing so far. */
function afresh({ user, saysBlank, token }: Actor): Actor {
  return { user, token, ...(saysBlank && { saysBlank }) };
}

async function decideOrRecall(
  parts: KeyedParts,
  actor: Actor,
  command: KeyedCommand,
  digest: number,
): Promise<Write | Done> {
  try {
    return await command.decide(digest, actor);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    const earlier = await parts.store.recall(actor.user.id, command.log, command.key);
    if (!earlier) throw error;
    if (earlier.digest !== digest) throw new ChatError("key_reused");
    const { kind, body } = earlier.logged.entry;
    return doneWith(earlier.logged, kind === "added" ? body.conversation : null, true);
  }
}

function doneWith({ conversation, entry }: Logged, opened: ConversationId | null, again: boolean): Done {
  return { receipt: { conversation, seq: entry.seq, entry: entry.id }, opened, again };
}
