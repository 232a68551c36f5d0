import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * What a network may do to a line: bring everything late, bring nothing for a while, end it in the midst of something,
 * lose one direction without a word (`deaf` hears nothing, `mute` is not heard) or both (`dead`), bring each byte for
 * itself.
 */
export const FAULTS = ["late", "stalled", "cut", "deaf", "mute", "dead", "bytewise"] as const;
export type Fault = (typeof FAULTS)[number];
type Lost = "deaf" | "mute" | "dead";

/** Stands between clients and a server, and does to each line what it is told. */
export class FaultProxy {
  readonly lines = new Set<ProxyLine>();
  readonly #server: Server;
  #target: number;
  #fault: Fault | null = null;
  #trap: { text: string; fault: Fault; sprung(): void } | null = null;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async before(url: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(Number(new URL(url).port));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Every line that there is and that will be, from now on; null is a good network again. */
  suffer(fault: Fault | null): void {
    this.#fault = fault;
    for (const line of [...this.lines]) line.suffer(fault);
  }

  /** Ends every line; the next ones lead to this port. */
  redirect(port: number): void {
    this.#target = port;
    for (const line of [...this.lines]) line.end();
  }

  /** The first line on which a client says this suffers the fault just before it passes. Resolves when that happened. */
  trap(text: string, fault: Fault): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#trap = { text, fault, sprung: resolve };
    return promise;
  }

  async close(): Promise<void> {
    for (const line of this.lines) line.end();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    const line = new ProxyLine(client, connect(this.#target, "127.0.0.1"), {
      says: (data) => this.#spring(line, data),
      over: () => this.lines.delete(line),
    });
    this.lines.add(line);
    line.suffer(this.#fault);
  }

  #spring(line: ProxyLine, data: Buffer): void {
    const trap = this.#trap;
    if (!trap || !data.includes(trap.text)) return;
    this.#trap = null;
    line.suffer(trap.fault);
    trap.sprung();
  }
}

const LATE_MS = 150;

interface Ears {
  /** Something from the client, before it passes. */
  says(data: Buffer): void;
  over(): void;
}

/** A client's socket and the server's, and how well they are connected. */
export class ProxyLine {
  readonly #sockets: [Socket, Socket];
  readonly #ears: Ears;
  #fault: Fault | null = null;
  #lost: Lost | null = null;

  constructor(client: Socket, server: Socket, ears: Ears) {
    this.#sockets = [client, server];
    this.#ears = ears;
    for (const socket of this.#sockets) socket.setNoDelay(true).on("error", () => {});
    this.#carry(client, server, "mute");
    this.#carry(server, client, "deaf");
  }

  /** From now on; null is a good line again. What was lost stays lost: such a line ends only when somebody gives it up. */
  suffer(fault: Fault | null): void {
    this.#fault = fault;
    if (fault === "deaf" || fault === "mute" || fault === "dead") this.#lost = fault;
    if (fault === "cut") this.end();
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#ears.over();
  }

  #carry(from: Socket, to: Socket, lost: "deaf" | "mute"): void {
    let before = Promise.resolve();
    from.on("data", (data: Buffer) => {
      from.pause();
      if (lost === "mute") this.#ears.says(data);
      before = before.then(() => this.#pass(data, to, lost)).then(() => void from.resume());
    });
    // A line that was lost in one direction does not tell its end in that direction either.
    from.on("close", () => void before.then(() => (this.#isLost(lost) ? undefined : this.end())));
  }

  #isLost(direction: Lost): boolean {
    return this.#lost === direction || this.#lost === "dead";
  }

  async #pass(data: Buffer, to: Socket, lost: "deaf" | "mute"): Promise<void> {
    if (this.#fault === "late") await Bun.sleep(LATE_MS);
    while (this.#fault === "stalled" && !to.destroyed) await Bun.sleep(5);
    if (this.#isLost(lost) || to.destroyed) return;
    if (this.#fault !== "bytewise") return void to.write(data);
    for (let at = 0; at < data.length && !to.destroyed; at++) {
      to.write(data.subarray(at, at + 1));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}
