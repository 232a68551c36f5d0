import type { UserId } from "@parley/protocol/ids";
import { z } from "zod";
import type { Chat } from "../../../core/chat.ts";
import type { Clock, Store } from "../../../core/ports.ts";
import type { ConversationRow } from "../../../core/rows.ts";
import { notAllowed } from "../../detail.ts";
import type { HttpAsked } from "../../dialect.ts";
import type { Table } from "../../documents/wire.ts";
import { calledIn } from "../../who.ts";

interface StatsParts {
  chat: Chat;
  store: Store;
  clock: Clock;
  /** The room that this dialect calls `main`, by name. */
  home: string;
}

const roomStats = z.strictObject({
  room_id: z.string(),
  user_count: z.int().nonnegative(),
  message_count: z.int().nonnegative(),
  created_at: z.number(),
  users: z.array(
    z.strictObject({
      user_id: z.uuid(),
      user_name: z.string(),
      connection_time: z.number().nullable(),
      last_activity: z.number().nullable(),
    }),
  ),
});

/** What this dialect answers over HTTP, for the documents. */
export const broadcastTable: Table = {
  name: "broadcast",
  operations: {
    room_stats: {
      method: "GET",
      path: "/room/{room_id}/stats",
      about:
        "Who is in a public room now, and how much was said there: `main` is the room of this dialect, any other is called by its exact name. Times are seconds, null for whoever is not here by an old client. A room that is not there is told as an empty one.",
      open: true,
      params: z.object({ room_id: z.string() }),
      result: roomStats,
    },
  },
  refusal: { schema: z.object({ detail: z.string() }), type: "application/json" },
  examples: {
    room_stats: {
      params: { room_id: "main" },
      status: 200,
      answer: {
        room_id: "main",
        user_count: 1,
        message_count: 7,
        created_at: 1_795_212_123.59,
        users: [
          {
            user_id: "00000000-0000-8000-8000-0000000f4241",
            user_name: "alice",
            connection_time: 1_795_212_123.59,
            last_activity: 1_795_212_124.05,
          },
        ],
      },
    },
  },
};

const MAIN = "main";
const NAMED = 500;

/** Answers `/room/{room_id}/stats`; null where another path is asked for. */
export function statsAnswer(parts: StatsParts, { method, segments, slash }: HttpAsked): Promise<Response> | null {
  const [room, id, stats, ...more] = segments;
  if (room !== "room" || id === undefined || stats !== "stats" || more.length > 0 || slash) return null;
  return method === "GET" ? told(parts, id) : Promise.resolve(notAllowed("GET, HEAD"));
}

/** A room that is not there is told as an empty one: old clients count on an answer. */
async function told(parts: StatsParts, id: string): Promise<Response> {
  const row = await rowOf(parts, id);
  const here = row ? parts.chat.presence.here(row.id) : [];
  const named = here.slice(0, NAMED);
  const people = await parts.chat.people.known([...new Set(named.map(({ user }) => user))]);
  const names = new Map(people.map((user) => [user.id, calledIn(user)]));
  const stats: z.infer<typeof roomStats> = {
    room_id: id,
    user_count: here.length,
    message_count: row?.messages ?? 0,
    created_at: (row?.created ?? parts.clock.now()) / 1000,
    users: named.map(({ user, stay }) => ({
      user_id: uuidOf(user),
      user_name: names.get(user) ?? "",
      connection_time: stay && stay.since / 1000,
      last_activity: stay && stay.active / 1000,
    })),
  };
  return Response.json(stats);
}

async function rowOf({ chat, store, home }: StatsParts, id: string): Promise<ConversationRow | null> {
  return id === MAIN || id === home ? store.conversation(await chat.rooms.home(home)) : chat.rooms.named(id);
}

/** A person's number in the form that old clients expect: always the same one for the same person. */
function uuidOf(user: UserId): string {
  const digits = BigInt.asUintN(48, BigInt(user)).toString(16).padStart(12, "0");
  return `00000000-0000-8000-8000-${digits}`;
}
