import { ChatError } from "@parley/protocol/errors";
import type { Admission, Handshake } from "./dialect.ts";
import { intoRoom, type RoomDialect } from "./into-room.ts";
import type { Use, Uses } from "./uses.ts";
import { calledIn, whoSays } from "./who.ts";

export interface HomeDialect extends RoomDialect {
  /** The one room of this dialect, by name. */
  home: string;
  /** Names that are in use, where each may be used once at a time; null where a name may be used often. */
  uses: Uses | null;
  /** What a name in use, or one that needs a proof, is answered with. */
  taken: Admission;
  /** Code points of a name, where it is not what others allow. */
  most?: number;
}

/** Lets whoever says this name into the one room of a dialect. */
export async function homeDialect(dialect: HomeDialect, name: string, { token }: Handshake): Promise<Admission> {
  const { parts, uses } = dialect;
  let use: Use | null = null;
  try {
    const user = await whoSays(parts.chat, name, token, dialect.most ?? parts.limits.name);
    use = uses && (await uses.take(calledIn(user)));
    if (uses && !use) return dialect.taken;
    return await intoRoom(dialect, user, await parts.chat.rooms.home(dialect.home), use);
  } catch (error) {
    use?.end();
    return refusalOf(error, dialect.taken);
  }
}

/** What a dialect answers where somebody cannot be let in. Throws what is no refusal. */
function refusalOf(error: unknown, taken: Admission): Admission {
  if (!(error instanceof ChatError)) throw error;
  if (error.code === "name_taken") return taken;
  return { is: "refused", status: error.code === "unavailable" ? 503 : 403 };
}
