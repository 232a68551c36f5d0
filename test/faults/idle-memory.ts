import { Regulars } from "../../bench/regulars.ts";
import { freePort, residentBytes, ServerProcess, temporaryFolder } from "../kit/process.ts";

export interface IdleReport {
  sockets: number;
  rooms: number;
  bytes_per_socket: number;
}

const ROOMS = 5;
const AT_ONCE = 100;
/** What serving the first few costs is not the price of a socket. */
const FEW = 200;

interface Opened {
  sockets: WebSocket[];
  close(): void;
}

/**
 * Opens many sockets of one real server, each authenticated and following five rooms, lets them be idle, and measures
 * by how much each made the server grow. So many people have as many devices each, and each room has a hundred members.
 */
export async function measureIdle(
  count: number,
  people: number,
  progress: (line: string) => void = () => {},
): Promise<IdleReport> {
  const folder = temporaryFolder();
  const server = new ServerProcess({
    port: await freePort(),
    data: folder.path,
    env: { PARLEY_MAX_STRANGERS: "2000", PARLEY_RATE_LIMITS: "off" },
  });
  const opened: Opened = { sockets: [], close: () => {} };
  try {
    const regulars = await Regulars.settle(folder.path, people + FEW);
    const few = Array.from({ length: FEW }, (_, n) => regulars.token(people + n));
    const tokens = Array.from({ length: count }, (_, n) => regulars.token(n % people));
    await server.start();
    await openMany(server.url, opened, few);
    const before = await resting(server.pid);
    for (let at = 0; at < count; at += AT_ONCE) {
      await openMany(server.url, opened, tokens.slice(at, at + AT_ONCE));
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

async function openMany(url: string, opened: Opened, tokens: readonly string[]): Promise<void> {
  opened.sockets.push(...(await Promise.all(tokens.map((token) => openOne(url, token)))));
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

/** Resident memory as it stands once it stops falling: nobody asks the server to collect. */
async function resting(pid: number): Promise<number> {
  let least = await residentBytes(pid);
  for (let calm = 0; calm < 6; calm++) {
    await Bun.sleep(1_000);
    least = Math.min(least, await residentBytes(pid));
  }
  return least;
}

if (import.meta.main) {
  const sockets = Number(process.argv[2] ?? 10_000);
  console.log(JSON.stringify(await measureIdle(sockets, Number(process.argv[3] ?? sockets), console.log)));
}
