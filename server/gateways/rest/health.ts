import type { Output } from "@parley/protocol/operations";
import type { Chat } from "../../core/chat.ts";
import type { Clock } from "../../core/ports.ts";
import type { OpenAnswers, RestParts } from "./parts.ts";

const READY_WITHIN = 2_000;
/** What was found out holds for so many milliseconds: anybody may ask, and a store may have to write to answer. */
const BELIEVED = 1_000;

/** What a person or a machine that watches over this server asks. */
export function healthAnswers(parts: RestParts): Pick<OpenAnswers, "health" | "ready" | "stats"> {
  const { chat, clock, version, connections, draining, counts } = parts;
  const works = once(clock, () => Promise.all([answers(parts, parts.store), answers(parts, parts.bus)]));
  const company = once(clock, () => companyOf(chat));
  const began = performance.now();
  const uptime = () => Math.floor((performance.now() - began) / 1000);
  return {
    async health() {
      const timestamp = clock.now() / 1000;
      const result = { version, uptime_s: uptime(), active_connections: connections(), timestamp };
      return { result: { ...result, status: "healthy" } };
    },
    async ready() {
      const [store, bus] = await works();
      // Without the doorbell the nodes go on, a beat behind each other: a balancer must not send everybody away.
      const ready = store && !draining();
      return { result: { ready, store, bus, draining: draining() }, status: ready ? 200 : 503 };
    },
    async stats() {
      const { entries = 0, messages = 0, commits = 0, requests = 0 } = counts();
      const memory = process.memoryUsage();
      return {
        result: {
          version,
          uptime_s: uptime(),
          total_connections: connections(),
          ...company(),
          total_messages: messages,
          entries,
          commits,
          requests,
          memory: { rss_bytes: memory.rss, heap_bytes: memory.heapUsed },
        },
      };
    },
  };
}

type Company = Pick<Output<"stats">, "active_users" | "total_rooms" | "rooms" | "conversations_followed">;

/** Who is here, and where. */
function companyOf({ feeds, lines, presence }: Chat): Company {
  const all = feeds.all();
  const others = all.filter(({ row }) => row.kind !== "inbox");
  const people = new Set(lines.people());
  const rooms: string[] = [];
  for (const { row } of others) {
    const here = presence.present(row.id);
    for (const user of here) people.add(user);
    if (row.kind === "room" && row.visibility === "public" && here.length > 0) rooms.push(row.name ?? "");
  }
  return { active_users: people.size, total_rooms: rooms.length, rooms, conversations_followed: others.length };
}

/** The answer to a question, asked again no sooner than what was found out is too old. */
function once<T>(clock: Clock, ask: () => T): () => T {
  let known: { at: number; found: T } | null = null;
  return () => {
    const now = clock.now();
    if (!known || now - known.at >= BELIEVED || now < known.at) known = { at: now, found: ask() };
    return known.found;
  };
}

/** Does this part say in time that it can work? */
function answers({ clock }: RestParts, part: { ready(): Promise<void> }): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(READY_WITHIN, () => resolve(false));
    part
      .ready()
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(cancel);
  });
}
