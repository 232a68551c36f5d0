import type { OpenAnswers, RestParts } from "./parts.ts";

const READY_WITHIN = 2_000;
/** What was found out holds for so many milliseconds: anybody may ask, and a store may have to write to answer. */
const BELIEVED = 1_000;

/** What a person or a machine that watches over this server asks. */
export function healthAnswers(parts: RestParts): Pick<OpenAnswers, "health" | "ready" | "stats"> {
  const { chat, clock, version, connections, draining, counts } = parts;
  const works = believed(parts);
  const began = performance.now();
  const uptime = () => Math.floor((performance.now() - began) / 1000);
  return {
    async health() {
      const timestamp = new Date(clock.now()).toISOString();
      const result = { status: "healthy", version, uptime_s: uptime(), active_connections: connections(), timestamp };
      return { result: { ...result, status: "healthy" } };
    },
    async ready() {
      const [store, bus] = await works();
      const ready = store && bus && !draining();
      return { result: { ready, store, bus, draining: draining() }, status: ready ? 200 : 503 };
    },
    async stats() {
      const feeds = chat.feeds.all();
      const inboxes = feeds.filter((feed) => feed.row.kind === "inbox");
      const { entries = 0, commits = 0, requests = 0 } = counts();
      const memory = process.memoryUsage();
      return {
        result: {
          version,
          uptime_s: uptime(),
          connections: connections(),
          people_online: inboxes.length,
          conversations_followed: feeds.length - inboxes.length,
          entries,
          commits,
          requests,
          memory: { rss_bytes: memory.rss, heap_bytes: memory.heapUsed },
        },
      };
    },
  };
}

/** Do store and bus answer, as far as was found out lately? */
function believed(parts: RestParts): () => Promise<[boolean, boolean]> {
  let known: { at: number; works: Promise<[boolean, boolean]> } | null = null;
  return () => {
    const now = parts.clock.now();
    if (!known || now - known.at >= BELIEVED || now < known.at) {
      known = { at: now, works: Promise.all([answers(parts, parts.store), answers(parts, parts.bus)]) };
    }
    return known.works;
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
