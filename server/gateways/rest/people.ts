import { ChatError } from "@parley/protocol/errors";
import type { Output } from "@parley/protocol/operations";
import type { User } from "../../core/rows.ts";
import { personOf } from "../../core/summary.ts";
import { orTooFast } from "../rates.ts";
import type { Answer, OpenAnswers, OwnAnswers, RestParts } from "./parts.ts";

const SECRET_LENGTH = 43;
const KEY_LENGTH = 22;

/** How a visitor becomes somebody without a socket. */
export function guestAnswers({ chat, digests, rates }: RestParts): Pick<OpenAnswers, "create_guest" | "sign_in"> {
  return {
    async sign_in({ name, password, secret, cookie }, { network }) {
      orTooFast(rates.signIn(network));
      const token = secret ?? digests.random(SECRET_LENGTH);
      const user = await chat.access.signIn({ name, password, secret: token }, network);
      return keptBy(cookie, token, user);
    },
    async create_guest({ name, secret, cookie }, { network }) {
      const token = secret ?? digests.random(SECRET_LENGTH);
      const known = secret === undefined ? null : await chat.people.byToken(secret).catch(unlessUnknown);
      const user = known ?? (await chat.people.enrol(name, token, () => orTooFast(rates.signIn(network))));
      return { ...keptBy(cookie, token, user), again: known !== null };
    },
  };
}

/** A token goes to whoever asks, or into a cookie of theirs that no script reads. */
function keptBy(cookie: boolean | undefined, token: string, user: User): Answer<Output<"sign_in">> {
  const person = personOf(user);
  return cookie ? { result: { person }, cookie: token } : { result: { token, person } };
}

/** What somebody asks about themselves. */
export function ownAnswers(parts: RestParts): Pick<OwnAnswers, "me" | "update_me" | "claim_server" | "people"> {
  const { chat, digests } = parts;
  return {
    async people({ ids, query, ...page }, user) {
      if ((ids === undefined) === (query === undefined)) {
        throw new ChatError("bad_request", "Either ids or query is needed.");
      }
      if (query !== undefined) return { result: await chat.run({ user }, "find_people", { query, ...page }) };
      const { people } = await chat.run({ user }, "people", { ids: ids ?? [] });
      return { result: { people, next: null } };
    },
    me: async (_, user) => ({ result: { person: personOf(user), inbox: user.inbox } }),
    async update_me(change, user) {
      const key = digests.random(KEY_LENGTH);
      return { result: await chat.run({ user }, "update_profile", { key, ...change }) };
    },
    async claim_server({ secret }, user) {
      return { result: { person: await chat.people.claimServer({ user }, secret) } };
    },
  };
}

function unlessUnknown(error: unknown): null {
  if (error instanceof ChatError && error.code === "bad_token") return null;
  throw error;
}
