import type { Args, Result } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import type { Actor } from "./actor.ts";
import type { Draft, Guard, Write } from "./commit.ts";
import { carryOut, type KeyedParts, ownKey } from "./keyed.ts";
import type { Clock } from "./ports.ts";

export interface AccountsParts extends KeyedParts {
  clock: Clock;
}

/**
 * Ends an account for good, in one write: its person leaves every room and group, and their inbox is closed. With it
 * the store revokes their tokens and frees their names; every socket of theirs ends. What they wrote stays.
 */
export async function deleteAccount(
  parts: AccountsParts,
  actor: Actor,
  { key }: Args<"delete_account">,
): Promise<Result<"delete_account">> {
  const log = actor.user.inbox;
  const decide = (digest: number) => ending(parts, actor, key, digest);
  await carryOut(parts, actor, { name: "delete_account", log, key, content: null, decide });
  return {};
}

async function ending({ store, clock }: AccountsParts, { user }: Actor, key: string, digest: number): Promise<Write> {
  if (user.role === "owner") throw new ChatError("forbidden", "The server's owner cannot go: it would have none.");
  const author = user.id;
  const guards: Guard[] = [{ is: "open", conversation: user.inbox }];
  const drafts: Draft[] = [{ conversation: user.inbox, author, key, digest, kind: "closed", body: {} }];
  for (const { row, member } of await store.memberships(author)) {
    if (row.kind === "direct") continue;
    const conversation = row.id;
    guards.push({ is: "member", conversation, user: author, since: member.joined });
    drafts.push({ conversation, author, key: ownKey("a", author), digest, kind: "left", body: { user: author } });
  }
  return { time: clock.now(), guards, drafts };
}
