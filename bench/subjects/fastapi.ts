import { join } from "node:path";
import { freePort } from "../../test/kit/process.ts";
import { uvicorn } from "../../tools/debian.ts";
import { frame, handshake, MARKED, type Running, type Subject } from "../subject.ts";
import { lacking, serving } from "./process.ts";

const QUIET = ["--host", "127.0.0.1", "--log-level", "error", "--no-access-log"];
// The fastest that it comes with. The load generator answers no pings.
const SWIFT = ["--loop", "uvloop", "--http", "httptools", "--ws-ping-interval", "3600", "--backlog", "4096"];

/** What tutorials for FastAPI write: a list of sockets, and a loop that awaits a send to each. */
export const fastapi: Subject = {
  name: "fastapi",
  about: "FastAPI on uvicorn with uvloop, a loop of await send_json, not durable",
  missing: () => lacking(uvicorn()),
  async start({ members }, core): Promise<Running> {
    const [program, port] = [await uvicorn(), await freePort()];
    const app = ["--app-dir", join(import.meta.dir, "../peers"), "fastapi_rooms:app"];
    const command = [program, ...app, "--port", `${port}`, ...QUIET, ...SWIFT];
    const child = await serving(command, port, core, { PYTHONDONTWRITEBYTECODE: "1" });
    return {
      pids: [child.pid],
      member: (n) => ({
        port,
        steps: [{ ...handshake(`/ws/chat/${Math.floor(n / members)}?username=speaker${n}`), until: '"users_list"' }],
        post: frame(`{"type":"message","content":"${MARKED}"}`),
      }),
      stop: () => child.end(),
    };
  },
};
