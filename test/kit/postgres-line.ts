import { connect, createServer, type Server, type Socket } from "node:net";

/** What begins a statement in Postgres' protocol: Execute of a prepared one, and a simple query. */
const STATEMENTS = new Set(["E".charCodeAt(0), "Q".charCodeAt(0)]);
/** What the server answers for: Sync and a simple query, each with one ReadyForQuery. */
const ASKING = new Set(["S".charCodeAt(0), "Q".charCodeAt(0)]);
const READY = "Z".charCodeAt(0);

/** Stands before a Postgres and counts what it is asked. */
export class PostgresLine {
  #statements = 0;
  #unanswered = 0;
  readonly #server: Server;
  readonly #port: number;
  readonly #open = new Set<Socket>();

  private constructor(port: number) {
    this.#port = port;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async before(port: number): Promise<PostgresLine> {
    const line = new PostgresLine(port);
    await new Promise<void>((resolve) => line.#server.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Is there no question that has no answer? */
  get atRest(): boolean {
    return this.#unanswered === 0;
  }

  /** Statements since this was last asked. */
  taken(): number {
    const taken = this.#statements;
    this.#statements = 0;
    return taken;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    const server = connect(this.#port, "127.0.0.1");
    // The first message of a client has no type.
    this.#carry(client, server, false, (type) => this.#asked(type));
    this.#carry(server, client, true, (type) => {
      if (type === READY) this.#unanswered -= 1;
    });
    // The one after the start was not asked for.
    this.#unanswered += 1;
  }

  #asked(type: number): void {
    if (STATEMENTS.has(type)) this.#statements += 1;
    if (ASKING.has(type)) this.#unanswered += 1;
  }

  #carry(from: Socket, to: Socket, typed: boolean, say: (type: number) => void): void {
    this.#open.add(from);
    const messages = new Messages(typed, say);
    from.setNoDelay(true).on("error", () => {});
    from.on("data", (data: Buffer) => {
      messages.take(data);
      to.write(data);
    });
    from.on("close", () => {
      this.#open.delete(from);
      to.destroy();
    });
  }
}

/** Finds where messages begin: a type of one byte, and a length of four that counts itself. */
class Messages {
  readonly #say: (type: number) => void;
  #typed: boolean;
  #head: number[] = [];
  #left = 0;

  constructor(typed: boolean, say: (type: number) => void) {
    this.#typed = typed;
    this.#say = say;
  }

  take(data: Buffer): void {
    for (let at = 0; at < data.length; ) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, data.length - at);
        this.#left -= passed;
        at += passed;
        continue;
      }
      this.#head.push(data[at++] as number);
      if (this.#head.length === (this.#typed ? 5 : 4)) this.#begin();
    }
  }

  #begin(): void {
    const head = Buffer.from(this.#head);
    this.#left = head.readUInt32BE(head.length - 4) - 4;
    if (this.#typed) this.#say(head[0] as number);
    this.#typed = true;
    this.#head = [];
  }
}
