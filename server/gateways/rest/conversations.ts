import type { Conversation } from "@parley/protocol/conversations";
import { ChatError } from "@parley/protocol/errors";
import type { Person } from "@parley/protocol/people";
import { obtain } from "../../core/authorize.ts";
import type { User } from "../../core/rows.ts";
import { peopleOf, summarise } from "../../core/summary.ts";
import type { OwnAnswers, RestParts } from "./parts.ts";

/** Conversations as one person sees them. */
export function conversationAnswers(parts: RestParts): Pick<OwnAnswers, "list_conversations" | "get_conversation"> {
  const { store, limits } = parts;
  return {
    async list_conversations({ after = 0, limit = limits.page }, user) {
      const all = (await store.memberships(user.id)).map(({ row }) => row.id).filter((id) => id > after);
      const ids = all.sort((a, b) => a - b).slice(0, Math.min(limit, limits.page));
      const shown = await Promise.all(ids.map((id) => describe(parts, id, user)));
      const conversations = shown.flatMap((one) => one?.conversation ?? []);
      const people = new Map(shown.flatMap((one) => one?.people ?? []).map((person) => [person.id, person]));
      const next = all.length > ids.length ? (ids.at(-1) ?? null) : null;
      return { result: { conversations, people: [...people.values()], next } };
    },
    async get_conversation({ conversation }, user) {
      await obtain(store, { user }, conversation);
      const result = await describe(parts, conversation, user);
      if (!result) throw new ChatError("gone");
      return { result };
    },
  };
}

async function describe(
  { store }: RestParts,
  id: number,
  user: User,
): Promise<{ conversation: Conversation; people: Person[] } | null> {
  const conversation = await summarise(store, id, user.id);
  return conversation && { conversation, people: await peopleOf(store, conversation) };
}
