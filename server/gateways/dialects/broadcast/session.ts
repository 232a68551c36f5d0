import { codePoints } from "../../../core/names.ts";
import { stripped } from "../../blank.ts";
import { Channels } from "../../channels.ts";
import type { Admission, ForeignDialect } from "../../dialect.ts";
import type { DialectParts } from "../../foreign.ts";
import { homeDialect } from "../../home-dialect.ts";
import { broadcastCodec, broadcastWire } from "./codec.ts";
import { gaps } from "./gaps.ts";
import { statsAnswer } from "./stats.ts";

/** Code points of a name, the white space around it counted. */
const MOST = 20;

/** Accepted and closed, a client would take the line for a good one and begin its waits anew. */
const refused: Admission = { is: "refused", status: 403 };

/** `/ws/{username}`: JSON both ways, one room, each name as often as anybody likes. */
export function broadcastDialect(parts: DialectParts): ForeignDialect {
  const home = parts.homes.broadcast ?? "main";
  const wire = broadcastWire;
  const dialect = { parts, channels: new Channels(parts, broadcastCodec), wire, home, uses: null, taken: refused };
  return {
    name: "broadcast",
    gaps,
    admit: async (handshake) => {
      const name = handshake.segments[1] as string;
      return codePoints(name) > MOST ? refused : homeDialect(dialect, stripped(name), handshake);
    },
    own: ["/health", "/stats"],
    answer: (asked) => statsAnswer({ ...parts, home }, asked),
  };
}
