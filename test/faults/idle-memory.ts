import { fileURLToPath } from "node:url";
import { settle } from "../kit/asked.ts";
import { freePort, residentBytes, ServerProcess, temporaryFolder } from "../kit/process.ts";

export interface IdleReport {
  sockets: number;
  rooms: number;
  bytes_per_socket: number;
}

const ROOMS = 5;
const AT_ONCE = 100;

interface Opened {
  sockets: WebSocket[];
  close(): void;
}

/**
 * Opens many sockets of one real server, each authenticated and following five rooms, lets them be idle, and measures
 * by how much each made the server grow. Everybody is one of a hundred people, as if each had a hundred devices.
 */
export async function measureIdle(count: number, progress: (line: string) => void = () => {}): Promise<IdleReport> {
  const folder = temporaryFolder();
  const server = new ServerProcess({
    port: await freePort(),
    data: folder.path,
    env: { PARLEY_MAX_STRANGERS: "2000" },
    preload: fileURLToPath(new URL("collect.ts", import.meta.url)),
  });
  const opened: Opened = { sockets: [], close: () => {} };
  try {
    await server.start();
    const { tokens } = await settle(server.url, 100, ROOMS);
    // What serving the first few costs is not the price of a socket.
    await openMany(server.url, opened, tokens, 200);
    const before = await resting(server.pid);
    for (let at = 0; at < count; at += AT_ONCE) {
      await openMany(server.url, opened, tokens, Math.min(AT_ONCE, count - at));
      if (at % 1000 === 0) progress(`${at} of ${count} sockets`);
    }
    const after = await resting(server.pid);
    return { sockets: count, rooms: ROOMS, bytes_per_socket: Math.round((after - before) / count) };
  } finally {
    for (const socket of opened.sockets) socket.close();
    await server.kill();
    folder.remove();
  }
}

async function openMany(url: string, opened: Opened, tokens: string[], count: number): Promise<void> {
  const fresh = Array.from({ length: count }, (_, at) => openOne(url, tokens[at % tokens.length] as string));
  opened.sockets.push(...(await Promise.all(fresh)));
}

/** A socket that is caught up, and from then on only answers the beat. */
function openOne(url: string, token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error("A socket did not open."));
    socket.onopen = () => socket.send(JSON.stringify([{ t: "hello", version: 1, token }]));
    socket.onmessage = ({ data }) => {
      if (String(data).includes('"t":"beat"')) socket.send('[{"t":"beat"}]');
      if (String(data).includes('"t":"caught_up"')) resolve(socket);
    };
  });
}

/** Resident memory once it stops falling, without what is garbage by then. */
async function resting(pid: number): Promise<number> {
  let least = await residentBytes(pid);
  for (let calm = 0; calm < 6; calm++) {
    process.kill(pid, "SIGUSR2");
    await Bun.sleep(500);
    least = Math.min(least, await residentBytes(pid));
  }
  return least;
}

if (import.meta.main) {
  const sockets = Number(process.argv[2] ?? 10_000);
  console.log(JSON.stringify(await measureIdle(sockets, console.log)));
}
