import { obtain, obtainAsMember } from "../../core/authorize.ts";
import { checkHeard } from "../../core/blocks.ts";
import { personOf } from "../../core/summary.ts";
import type { OwnAnswers, RestParts } from "./parts.ts";

/** Who is here and who is writing, for whoever has no socket. */
export function presenceAnswers({ chat, store }: RestParts): Pick<OwnAnswers, "presence" | "typing"> {
  return {
    async presence({ conversation }, user) {
      await obtain(store, { user }, conversation);
      const { count, here } = chat.presence.presenceOf(conversation);
      const { users: writing } = chat.presence.typingOf(conversation);
      const people = (await store.users([...new Set([...(here ?? []), ...writing])])).map(personOf);
      return { result: { count, ...(here && { here }), writing, people } };
    },
    async typing({ conversation, active }, user) {
      const { row } = await obtainAsMember(store, { user }, conversation);
      await checkHeard(store, row, user.id);
      chat.presence.typing(conversation, user.id, active);
      return { result: {} };
    },
  };
}
