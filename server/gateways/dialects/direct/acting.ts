import { ChatError } from "@parley/protocol/errors";
import type { UserId } from "@parley/protocol/ids";
import type { ConversationRow, User } from "../../../core/rows.ts";
import type { DialectParts } from "../../foreign.ts";

type Parts = Pick<DialectParts, "chat" | "store">;

/** The person with this number. Throws `not_found` with this text. */
export async function existing({ chat }: Pick<Parts, "chat">, id: UserId, text: string): Promise<User> {
  const [user] = await chat.people.known([id]);
  if (user) return user;
  throw new ChatError("not_found", text);
}

/**
 * As whom of these people a caller may act: whom the token proves, else the first whom anybody may be. Throws
 * `forbidden`.
 */
export async function actingAs(
  { chat }: Pick<Parts, "chat">,
  people: readonly User[],
  proven: User | null,
): Promise<User> {
  const own = people.find(({ id }) => id === proven?.id);
  if (own) return own;
  for (const { id, open } of people) {
    // An open name may look like one that is held by now.
    const user = open ? await chat.people.numbered(id).catch(needsProof) : null;
    if (user) return user;
  }
  throw new ChatError("forbidden", "Whoever this is must prove it: with ?token= or Authorization: Bearer.");
}

/**
 * Who reads a group for this caller: a member whom the token proves, else one whom anybody may be. Throws `not_found`
 * with this text.
 */
export async function readingIn(parts: Parts, row: ConversationRow, proven: User | null, text: string): Promise<User> {
  const { chat, store } = parts;
  if (proven && (await store.member(row.id, proven.id))) return proven;
  // Anybody reads a public room.
  if (row.kind === "room") return chat.house();
  const members = await chat.people.known((await store.marks(row.id)).map(({ user }) => user));
  return actingAs(parts, members, null).catch((error) => {
    throw error instanceof ChatError ? new ChatError("not_found", text) : error;
  });
}

function needsProof(error: unknown): null {
  if (error instanceof ChatError && error.code === "name_taken") return null;
  throw error;
}
