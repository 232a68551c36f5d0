import { connect, type Socket } from "node:net";
import type { ServerFrame } from "@parley/protocol/frames";
import { checkFrame } from "./documents.ts";

/** A WebSocket client by hand, whose reading can be stopped: what a dead or slow reader looks like from outside. */
export class RawLine {
  readonly frames: ServerFrame[] = [];
  /** Close code, where the server said one. */
  closeCode: number | null = null;
  ended = false;
  readonly #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #open = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (data) => this.#read(Buffer.isBuffer(data) ? data : Buffer.from(data)));
    for (const event of ["close", "end", "error"]) socket.on(event, () => this.#end());
  }

  static async open(url: string): Promise<RawLine> {
    const { hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname);
    const line = new RawLine(socket);
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    while (!line.#open && !line.ended) await Bun.sleep(1);
    return line;
  }

  say(frames: unknown): void {
    this.raw(Buffer.from(JSON.stringify(frames)));
  }

  /** One whole text message with these bytes. */
  raw(payload: Buffer, opcode = 1): void {
    const header = payload.length < 126 ? Buffer.from([0, 0]) : Buffer.alloc(payload.length < 65_536 ? 4 : 10);
    header[0] = 0x80 | opcode;
    if (payload.length < 126) header[1] = 0x80 | payload.length;
    else if (payload.length < 65_536) {
      header[1] = 0x80 | 126;
      header.writeUInt16BE(payload.length, 2);
    } else {
      header[1] = 0x80 | 127;
      header.writeBigUInt64BE(BigInt(payload.length), 2);
    }
    // A mask of zeros is a mask.
    this.#socket.write(Buffer.concat([header, Buffer.alloc(4), payload]));
  }

  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  async until(isTrue: () => boolean, ms = 20_000): Promise<void> {
    for (const end = Date.now() + ms; !isTrue(); ) {
      if (Date.now() > end) throw new Error(`Waited in vain for ${isTrue}.`);
      await Bun.sleep(2);
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #end(): void {
    this.ended = true;
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    if (!this.#open) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#open = true;
      this.#buffer = this.#buffer.subarray(end + 4);
    }
    while (this.#takeOne());
  }

  #takeOne(): boolean {
    const buffer = this.#buffer;
    if (buffer.length < 2) return false;
    const short = (buffer[1] as number) & 127;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (buffer.length < header) return false;
    const length = short < 126 ? short : short === 126 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
    if (buffer.length < header + length) return false;
    const payload = buffer.subarray(header, header + length);
    const opcode = (buffer[0] as number) & 15;
    if (opcode === 1) {
      const frames = JSON.parse(payload.toString()) as ServerFrame[];
      frames.forEach(checkFrame);
      this.frames.push(...frames);
    }
    if (opcode === 8) this.closeCode = length >= 2 ? payload.readUInt16BE(0) : 0;
    this.#buffer = buffer.subarray(header + length);
    return true;
  }
}
