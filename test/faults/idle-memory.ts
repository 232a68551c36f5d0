import { fileURLToPath } from "node:url";
import { freePort, ServerProcess, temporaryFolder } from "../kit/process.ts";

export interface IdleReport {
  sockets: number;
  rooms: number;
  bytes_per_socket: number;
}

const ROOMS = 5;
const AT_ONCE = 100;

/** Resident memory of a process, in bytes. Linux only. */
async function residentBytes(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

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
    const secrets = Array.from({ length: 100 }, () =>
      Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url"),
    );
    await settle(server, secrets);
    // What serving the first few costs is not the price of a socket.
    await openMany(server.url, opened, secrets, 200);
    const before = await resting(server.pid);
    for (let at = 0; at < count; at += AT_ONCE) {
      await openMany(server.url, opened, secrets, Math.min(AT_ONCE, count - at));
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

async function settle(server: ServerProcess, secrets: string[]): Promise<void> {
  const [first] = secrets as [string];
  const rooms: number[] = [];
  for (const [at, secret] of secrets.entries()) {
    await post(server, "/api/guests", { name: `Person ${letters(at)}`, secret });
    for (let room = 0; room < ROOMS; room++) {
      if (secret === first)
        rooms.push((await post(server, "/api/rooms", { name: `Room ${room}`, key: `r${room}` }, secret)).id);
      else await post(server, `/api/conversations/${rooms[room]}/join`, { key: `j${room}` }, secret);
    }
  }
}

function letters(at: number): string {
  return [...`${at}`].map((digit) => "abcdefghkw"[Number(digit)]).join("");
}

async function post(server: ServerProcess, path: string, body: object, token?: string): Promise<{ id: number }> {
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const response = await fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  const answer = (await response.json()) as { conversation?: { id: number } };
  return { id: answer.conversation?.id ?? 0 };
}

async function openMany(url: string, opened: Opened, secrets: string[], count: number): Promise<void> {
  const fresh = Array.from({ length: count }, (_, at) => openOne(url, secrets[at % secrets.length] as string));
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
