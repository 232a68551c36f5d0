import { Channels } from "../../channels.ts";
import type { ForeignDialect } from "../../dialect.ts";
import type { DialectParts } from "../../foreign.ts";
import { homeDialect } from "../../home-dialect.ts";
import { Uses } from "../../uses.ts";
import { plainCodec, plainWire } from "./codec.ts";
import { gaps } from "./gaps.ts";

/** `/ws/{username}`: text both ways, one room, each name once at a time. */
export function plainDialect(parts: DialectParts): ForeignDialect {
  const channels = new Channels(parts, plainCodec);
  const taken = { is: "closed", code: 1008, reason: "Username already taken" } as const;
  const home = {
    parts,
    channels,
    wire: plainWire,
    home: parts.homes.plain ?? "plain",
    uses: new Uses(parts.store.leases, "plain"),
    taken,
  };
  return { name: "plain", gaps, admit: (handshake) => homeDialect(home, handshake.segments[1] as string, handshake) };
}
