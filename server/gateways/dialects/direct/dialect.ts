import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import type { User } from "../../../core/rows.ts";
import type { Admission, ForeignDialect, Handshake } from "../../dialect.ts";
import type { DialectParts } from "../../foreign.ts";
import { joined } from "../../joined.ts";
import { numberIn } from "./codec.ts";
import { gaps } from "./gaps.ts";
import { homeOf } from "./home.ts";
import { directOverHttp } from "./http.ts";
import { Online } from "./online.ts";
import { DirectSession } from "./session.ts";
import { Talks } from "./talks.ts";

/** `/ws/{user_id}` and `/messages/`: messages between people who are numbers, and in groups. */
export function directDialect(parts: DialectParts): ForeignDialect {
  const shared = { ...parts, talks: new Talks(parts), online: new Online<DirectSession>(parts) };
  return {
    name: "direct",
    gaps,
    answer: directOverHttp(shared),
    admit: async (handshake) => {
      try {
        const user = await whoConnects(parts, handshake);
        const home = await homeFor(parts, user);
        return { is: "accepted", user, open: (socket) => new DirectSession({ ...shared, home }, user, socket) };
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

/** The person with the number in the path, whom a token proves where that is needed. Throws ChatError. */
async function whoConnects({ chat }: DialectParts, { segments, token }: Handshake): Promise<User> {
  const id: UserId | null = numberIn(segments[1] ?? "");
  if (id === null) throw new ChatError("bad_name");
  if (token === null) return chat.people.numbered(id);
  const user = await chat.people.byToken(token);
  if (user.id !== id) throw new ChatError("name_taken");
  return user;
}

async function homeFor(parts: DialectParts, user: User): Promise<ConversationId | null> {
  const home = await homeOf(parts);
  if (home !== null) await joined(parts, user, home);
  return home;
}

function refusalOf(error: unknown): Admission {
  if (!(error instanceof ChatError)) throw error;
  return { is: "refused", status: error.code === "unavailable" ? 503 : 403 };
}
