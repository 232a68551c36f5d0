import { z } from "zod";
import type { Operation } from "../operation.ts";

/** How the server is, for whoever watches it. */
export const serverOperations = {
  health: {
    method: "GET",
    path: "/health",
    about: "Answers as long as the process lives. `timestamp` is in seconds.",
    open: true,
    result: z.object({
      status: z.literal("healthy"),
      version: z.string(),
      uptime_s: z.int(),
      active_connections: z.int(),
      timestamp: z.number(),
    }),
  },
  ready: {
    method: "GET",
    path: "/ready",
    about:
      "Can work be sent here? 503 where the store does not answer, and during a stop. Without the bus nodes hear each other a beat late.",
    open: true,
    result: z.object({ ready: z.boolean(), store: z.boolean(), bus: z.boolean(), draining: z.boolean() }),
    otherwise: 503,
  },
  stats: {
    method: "GET",
    path: "/stats",
    about:
      "Figures of this process, counted since its start. `rooms` names the public rooms in which somebody is now; `total_messages` is what was written since the start.",
    open: true,
    result: z.object({
      version: z.string(),
      uptime_s: z.int(),
      total_connections: z.int(),
      active_users: z.int(),
      total_rooms: z.int(),
      total_messages: z.int(),
      rooms: z.array(z.string()),
      conversations_followed: z.int(),
      entries: z.int(),
      commits: z.int(),
      requests: z.int(),
      memory: z.object({ rss_bytes: z.int(), heap_bytes: z.int() }),
    }),
  },
} as const satisfies Record<string, Operation>;
