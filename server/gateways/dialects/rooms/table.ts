import { z } from "zod";
import { detailShape } from "../../detail.ts";
import type { Table } from "../../documents/wire.ts";

const naiveTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
const inRoom = z.object({ room_id: z.string().regex(/^\d{1,15}$/) });

/** What makes a room; other fields are left alone. */
export const newRoom = z.object({ name: z.string() });
/** A room as it is told. The time is in UTC. */
const roomShown = z.strictObject({ id: z.int(), name: z.string(), created_at: naiveTime });
export type RoomShown = z.infer<typeof roomShown>;

const messageShown = z.strictObject({
  id: z.int(),
  room_id: z.int(),
  username: z.string(),
  content: z.string(),
  timestamp: naiveTime,
});
export type MessageShown = z.infer<typeof messageShown>;

const ROOM: RoomShown = { id: 7, name: "General Chat", created_at: "2026-11-20T22:02:48.760000" };
const MESSAGE: MessageShown = {
  ...{ id: 12, room_id: 7, username: "alice", content: "Hello, world!", timestamp: "2026-11-20T22:02:49.511000" },
};

/** What this dialect answers over HTTP, for the documents. */
export const roomsTable: Table = {
  name: "rooms",
  operations: {
    create_room: {
      method: "POST",
      path: "/api/chat/rooms",
      about:
        "Makes a public room of exactly this name, 1 to 100 characters. With a token it is its maker's; without one it belongs to nobody, until somebody who is not open posts in it.",
      open: true,
      body: newRoom,
      result: roomShown,
      status: 201,
    },
    list_rooms: {
      method: "GET",
      path: "/api/chat/rooms",
      about: "All public rooms, the newest first.",
      open: true,
      result: z.strictObject({ rooms: z.array(roomShown), count: z.int() }),
    },
    room_messages: {
      method: "GET",
      path: "/api/chat/rooms/{room_id}/messages",
      about: "Everything that was said in a room, the oldest first.",
      open: true,
      params: inRoom,
      result: z.array(messageShown),
    },
    delete_room: {
      method: "DELETE",
      path: "/api/chat/rooms/{room_id}",
      about:
        "Deletes a room with everything in it, and ends the sockets in it. One that is somebody's needs their token.",
      open: true,
      params: inRoom,
      result: z.void(),
      status: 204,
    },
  },
  refusal: { schema: detailShape, type: "application/json" },
  examples: {
    create_room: { body: { name: ROOM.name }, status: 201, answer: ROOM },
    list_rooms: { status: 200, answer: { rooms: [ROOM], count: 1 } },
    room_messages: { params: { room_id: "7" }, status: 200, answer: [MESSAGE] },
    delete_room: { params: { room_id: "7" }, status: 204, answer: undefined },
  },
};
