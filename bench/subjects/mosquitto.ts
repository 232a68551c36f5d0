import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, temporaryFolder } from "../../test/kit/process.ts";
import { mosquitto as program } from "../../tools/debian.ts";
import { frame, handshake, MARKED, type Running, type Subject } from "../subject.ts";
import { lacking, serving } from "./process.ts";

const BINARY = 2;

/** A topic for each room; MQTT 3.1.1 over WebSocket. */
export const mosquitto: Subject = {
  name: "mosquitto",
  about: "mosquitto, MQTT over WebSocket, QoS 0, not durable",
  missing: () => lacking(program()),
  async start({ members }, core): Promise<Running> {
    const [port, folder] = [await freePort(), temporaryFolder()];
    const file = join(folder.path, "mosquitto.conf");
    writeFileSync(file, settings(await freePort(), port));
    const child = await serving([await program(), "-c", file], port, core);
    return {
      pids: [child.pid],
      member: (n) => {
        // A shorter topic would have a length that the load generator takes for a slot.
        const topic = `room/${Math.floor(n / members)}`;
        return {
          port,
          steps: [
            handshake("/mqtt", "Sec-WebSocket-Protocol: mqtt"),
            {
              send: frame(packet(0x10, `${sized("MQTT")}\x04\x02\0\0${sized(`speaker${n}`)}`), BINARY),
              until: "\x20\x02\0\0",
            },
            { send: frame(packet(0x82, `\0\x01${sized(topic)}\0`), BINARY), until: "\x90\x03\0\x01\0" },
          ],
          post: frame(packet(0x30, `${sized(topic)}${MARKED}`), BINARY),
        };
      },
      async stop() {
        await child.end();
        folder.remove();
      },
    };
  },
};

/** This version starts no WebSocket listener unless it has one of another kind as well. */
function settings(other: number, port: number): string {
  const open = ["allow_anonymous true", "user root", "log_dest none", "persistence false"];
  const unlimited = ["max_queued_messages 0", "max_queued_bytes 0"];
  return [
    `listener ${other} 127.0.0.1`,
    `listener ${port} 127.0.0.1`,
    "protocol websockets",
    ...open,
    ...unlimited,
    "",
  ].join("\n");
}

/** One of less than 128 bytes. */
function packet(type: number, body: string): string {
  return String.fromCharCode(type, body.length) + body;
}

function sized(text: string): string {
  return `\0${String.fromCharCode(text.length)}${text}`;
}
