import { ChatError } from "@parley/protocol/errors";
import type { ConversationId } from "@parley/protocol/ids";
import { Channels } from "../../channels.ts";
import type { Admission, ForeignDialect, Handshake } from "../../dialect.ts";
import type { DialectParts } from "../../foreign.ts";
import { intoRoom, type RoomDialect } from "../../into-room.ts";
import { whoSays } from "../../who.ts";
import { roomsCodec, roomsWire } from "./codec.ts";
import { gaps } from "./gaps.ts";
import { roomId, roomsOverHttp } from "./http.ts";
import { Missing } from "./missing.ts";

const NOT_FOUND = { code: 4004, reason: "Room not found" } as const;

interface Rooms extends RoomDialect {
  missing: Missing;
}

/** `/ws/chat/{room_id}?username=`: JSON in any public room, each name as often as it likes. */
export function roomsDialect(parts: DialectParts): ForeignDialect {
  const rooms = {
    parts,
    channels: new Channels(parts, roomsCodec),
    wire: roomsWire,
    missing: new Missing(parts.clock),
  };
  const answer = roomsOverHttp(parts, rooms.channels);
  return { name: "rooms", gaps, own: ["/health"], admit: (handshake) => admit(rooms, handshake), answer };
}

async function admit(rooms: Rooms, handshake: Handshake): Promise<Admission> {
  const [, , segment = ""] = handshake.segments;
  const name = handshake.query.get("username");
  if (name === null) return { is: "refused", status: 403 };
  try {
    return await letIn(rooms, roomId(segment), name, handshake.token);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    if (error.code === "unavailable") return { is: "refused", status: 503 };
    if (error.code !== "not_found" && error.code !== "gone") return { is: "refused", status: 403 };
    const toldBefore = rooms.missing.again(JSON.stringify([handshake.address, segment, name]));
    return toldBefore ? { is: "refused", status: 403 } : { is: "closed", ...NOT_FOUND };
  }
}

async function letIn(rooms: Rooms, id: ConversationId | null, name: string, token: string | null): Promise<Admission> {
  const { chat, limits } = rooms.parts;
  // Nobody is made for a room that they cannot see.
  if (id === null || (token === null && !(await chat.rooms.get(id)))) throw new ChatError("not_found");
  return intoRoom(rooms, await whoSays(chat, name, token, limits.name), id);
}
