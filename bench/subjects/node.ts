import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/kit/process.ts";
import { frame, handshake, MARKED, type Member, type Running, type Subject } from "../subject.ts";
import { serving } from "./process.ts";

const PEERS = join(import.meta.dir, "../peers");

/** Socket.IO with its rooms, over WebSocket alone. */
export const socketIo: Subject = {
  name: "socket.io",
  about: "Socket.IO 4 on Node, io.to(room).emit, not durable",
  missing: nodePeers,
  start: (shape, core) =>
    start("socket.io.mjs", core, (n) => ({
      steps: [
        { ...handshake("/socket.io/?EIO=4&transport=websocket"), until: '0{"sid"' },
        { send: frame("40"), until: '40{"sid"' },
        { send: frame(`42["join","${Math.floor(n / shape.members)}"]`), until: '42["joined"' },
      ],
      post: frame(`42["message","${MARKED}"]`),
    })),
};

/** The same load as the floor's, with a send for each client. */
export const ws: Subject = {
  name: "ws",
  about: "ws 8 on Node, a send for each client, not durable",
  missing: nodePeers,
  start: (shape, core) =>
    start("ws.mjs", core, (n) => ({
      steps: [handshake(`/${Math.floor(n / shape.members)}`)],
      post: frame(`{"from":${1_000_000 + n},"text":"${MARKED}"}`),
    })),
};

async function start(file: string, core: number, member: (n: number) => Omit<Member, "port">): Promise<Running> {
  const port = await freePort();
  const child = await serving(["node", join(PEERS, file), `${port}`], port, core, { NODE_ENV: "production" });
  return { pids: [child.pid], member: (n) => ({ port, ...member(n) }), stop: () => child.end() };
}

/** Their packages are nobody's but the benchmark's: it installs them when it first needs them. */
async function nodePeers(): Promise<string | null> {
  if (!Bun.which("node") || !Bun.which("npm")) return "there is no Node with npm";
  if (existsSync(join(PEERS, "node_modules/socket.io"))) return null;
  console.error("bench: installing Socket.IO and ws into bench/peers/node_modules");
  const npm = Bun.spawn(["npm", "ci", "--ignore-scripts"], { cwd: PEERS, stdout: "ignore", stderr: "pipe" });
  const said = await new Response(npm.stderr).text();
  return (await npm.exited) === 0 ? null : `npm ci in bench/peers: ${said.trim().split("\n").at(-1)}`;
}
