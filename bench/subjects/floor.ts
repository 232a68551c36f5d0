import { join } from "node:path";
import { freePort, temporaryFolder } from "../../test/kit/process.ts";
import { compiled } from "../load/compile.ts";
import { frame, handshake, MARKED, NUMBER, type Running, SERIAL, type Subject, WHO } from "../subject.ts";
import { lacking, serving } from "./process.ts";

const BUN = [process.execPath, "bench/floor/floor.ts", "PORT"];

/** The smallest program that copies bytes to sockets; see floor/floor.c. */
export function floor(writes: "coalesced" | "each"): Subject {
  return {
    name: writes === "coalesced" ? "floor" : "floor-each",
    about:
      writes === "coalesced" ? "C, epoll, one write for each turn and member" : "C, epoll, a write for each delivery",
    missing: () => lacking(compiled("floor/floor.c")),
    async start(_shape, core): Promise<Running> {
      return bare([await compiled("floor/floor.c"), "PORT", writes], _shape.members, core);
    },
  };
}

/** The same in Bun: one publish for each room and turn. */
export const bunFloor: Subject = {
  name: "floor-bun",
  about: "Bun, one publish for each turn and room, no storage",
  missing: async () => null,
  start: ({ members }, core) => bare([...BUN, "turn"], members, core),
};

/** What a protocol of one frame for each message can reach in Bun. */
export const bunFloorEach: Subject = {
  name: "floor-bun-each",
  about: "Bun, one publish for each message, no storage",
  missing: async () => null,
  start: ({ members }, core) => bare([...BUN, "each"], members, core),
};

/** What a server that keeps everything can reach in Bun. */
export const sqliteFloor: Subject = {
  name: "floor-sqlite",
  about: "Bun, one commit to SQLite for each turn and then one publish for each room, every message durable first",
  missing: async () => null,
  async start({ members }, core): Promise<Running> {
    const folder = temporaryFolder();
    const running = await bare([...BUN, "turn", join(folder.path, "messages")], members, core);
    const stop = () => running.stop().finally(folder.remove);
    return { ...running, stop };
  },
};

async function bare(command: string[], members: number, core: number): Promise<Running> {
  const port = await freePort();
  const child = await serving(
    command.map((word) => (word === "PORT" ? `${port}` : word)),
    port,
    core,
  );
  return {
    pids: [child.pid],
    member: (n) => ({
      port,
      steps: [handshake(`/${Math.floor(n / members)}`)],
      post: frame(asLongAsOurs(1_000_000 + n)),
    }),
    stop: () => child.end(),
  };
}

/** A message as long as an entry of Parley: both then copy as many bytes to each socket. */
function asLongAsOurs(author: number): string {
  const facts = `"id":${NUMBER},"seq":${"1".repeat(5)},"author":${author},"key":"mubb${SERIAL}-${WHO}","time":1800000000000`;
  return `{${facts},"kind":"message","body":{"text":"${MARKED}"}}`;
}
