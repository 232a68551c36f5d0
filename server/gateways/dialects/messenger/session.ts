import { Channels } from "../../channels.ts";
import type { ForeignDialect } from "../../dialect.ts";
import type { DialectParts } from "../../foreign.ts";
import { homeDialect } from "../../home-dialect.ts";
import { Uses } from "../../uses.ts";
import { messengerCodec, messengerWire } from "./codec.ts";
import { gaps } from "./gaps.ts";

/** `/ws/chat/{username}`: text in, JSON out, one room, each name once at a time. */
export function messengerDialect(parts: DialectParts): ForeignDialect {
  const channels = new Channels(parts, messengerCodec);
  // Refused before it is accepted, a browser would not learn why.
  const taken = { is: "closed", code: 1008, reason: "Username already taken" } as const;
  const home = parts.homes.messenger ?? "messenger";
  const dialect = {
    parts,
    channels,
    wire: messengerWire,
    home,
    uses: new Uses(parts.store.leases, "messenger"),
    taken,
  };
  const admit: ForeignDialect["admit"] = (handshake) =>
    homeDialect(dialect, handshake.segments[2] as string, handshake);
  return { name: "messenger", gaps, admit };
}
