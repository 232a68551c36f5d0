import { networkInterfaces } from "node:os";
import type { BunSocket } from "./socket.ts";

type Server = Bun.Server<BunSocket>;
type Answering = (request: Request, server: Server) => Response | undefined | Promise<Response | undefined>;

/** Nothing can listen there; its message is the one sentence to show. */
export class ListenError extends Error {
  override name = "ListenError";
}

/** Opens the port. Throws ListenError. */
export function listen(
  host: string,
  port: number,
  fetch: Answering,
  websocket: Bun.WebSocketHandler<BunSocket> = { message() {} },
): Server {
  try {
    return Bun.serve<BunSocket>({
      hostname: host,
      port,
      development: false,
      // Hazard: without development Bun shares the port with whoever has it, unless told not to.
      reusePort: false,
      // Hazard: above its own limit Bun answers without a word; ours is smaller and says what is wrong.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      // Seconds: whoever waits for entries is silent for up to 20 of them.
      idleTimeout: 30,
      fetch,
      websocket,
    });
  } catch (error) {
    const { code = String(error) } = error as { code?: string };
    if (code === "EADDRINUSE") throw new ListenError(`Port ${port} is in use; set PORT to another one.`);
    throw new ListenError(`Nothing can listen on HOST "${host}" and PORT ${port} (${code}).`);
  }
}

/** Under which addresses a server that listens on this host is found; the first is for this machine. */
export function addressesOf(host: string, port: number): string[] {
  return hostsOf(host).map((one) => `http://${one}:${port}`);
}

function hostsOf(host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [host.includes(":") ? `[${host}]` : host];
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outside = all.filter(({ internal, family }) => !internal && family === "IPv4");
  return ["localhost", ...outside.map(({ address }) => address)];
}
