import type { ConversationId } from "@parley/protocol/ids";
import type { User } from "../core/rows.ts";
import type { Channels } from "./channels.ts";
import type { Admission } from "./dialect.ts";
import type { DialectParts } from "./foreign.ts";
import { joined } from "./joined.ts";
import { RoomSession, type RoomWire } from "./room-session.ts";
import type { Use } from "./uses.ts";

export interface RoomDialect {
  parts: DialectParts;
  channels: Channels;
  wire: RoomWire;
}

/** Makes this person a member of a room and lets a socket of theirs in; `use` ends with it. Throws ChatError. */
export async function intoRoom(
  { parts, channels, wire }: RoomDialect,
  user: User,
  conversation: ConversationId,
  use: Use | null = null,
): Promise<Admission> {
  const membership = await joined(parts, user, conversation);
  const channel = await channels.open(conversation);
  const lost = () => {
    use?.end();
    channel.forgo();
  };
  return {
    is: "accepted",
    user,
    lost,
    open: (socket) => {
      use?.by(socket);
      const { clock, limits, rates } = parts;
      const bug = (error: unknown) => parts.observer.log("error", "bug", { error: String(error) });
      const closed = () => use?.end();
      return new RoomSession({ wire, channel, user, membership, clock, limits, rates, bug, closed }, socket);
    },
  };
}
