import { freePort } from "../../test/kit/process.ts";
import { nats as program } from "../../tools/debian.ts";
import { bytes, MARKED, type Running, type Subject } from "../subject.ts";
import { lacking, serving } from "./process.ts";

const OPTIONS = '{"verbose":false,"pedantic":false,"echo":true,"lang":"bench","version":"1","protocol":1}';

/** A subject for each room, over its own protocol. */
export const nats: Subject = {
  name: "nats",
  about: "nats-server, its own protocol over TCP, not durable",
  missing: () => lacking(program()),
  async start({ members }, core): Promise<Running> {
    const port = await freePort();
    const child = await serving([await program(), "--addr", "127.0.0.1", "--port", `${port}`], port, core);
    return {
      pids: [child.pid],
      member: (n) => {
        const room = `room.${Math.floor(n / members)}`;
        return {
          port,
          steps: [{ send: bytes(`CONNECT ${OPTIONS}\r\nSUB ${room} 1\r\nPING\r\n`), until: "PONG\r\n" }],
          post: bytes(`PUB ${room} ${MARKED.length}\r\n${MARKED}\r\n`),
        };
      },
      stop: () => child.end(),
    };
  },
};
