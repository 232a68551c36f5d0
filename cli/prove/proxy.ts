import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectSafely } from "node:tls";
import { between, pick, type Random } from "./random.ts";

export const FAULTS = ["cuts", "half-open", "stalls", "slow"] as const;
/** What happens to a line: cut in the middle of something, dead without a word, silent for a while, a slow reader. */
export type Fault = (typeof FAULTS)[number];

export interface ProxyOptions {
  /** Where the server is. */
  url: string;
  faults: readonly Fault[];
  random: Random;
  /** Milliseconds between two faults of one line, on average. */
  every: number;
}

const HOST = /(\r\nhost: )[^\r]*/i;
const DRIP = { bytes: 512, ms: 10 };

/** Stands between clients and a server, and does to their lines what networks do. */
export class FaultProxy {
  readonly #options: ProxyOptions;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #calm = false;
  happened = 0;

  private constructor(options: ProxyOptions) {
    this.#options = options;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async open(options: ProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once("error", reject);
      proxy.#server.listen(0, "127.0.0.1", resolve);
    });
    return proxy;
  }

  /** The address under which clients find the server, bad lines included. */
  get url(): string {
    const { pathname } = new URL(this.#options.url);
    const { port } = this.#server.address() as { port: number };
    return `http://127.0.0.1:${port}${pathname.replace(/\/+$/, "")}`;
  }

  /** From now on lines are good; those that are bad now end. */
  calm(): void {
    this.#calm = true;
    for (const link of this.#links) link.calm();
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.end();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    const { url, random, every } = this.#options;
    const link = new Link(client, upstream(new URL(url)), new URL(url).host, random, () => this.#links.delete(link));
    this.#links.add(link);
    const next = () => {
      if (this.#calm || link.over) return;
      const fault = pick(random, this.#options.faults);
      if (!fault) return;
      this.happened += 1;
      link.suffer(fault);
      setTimeout(next, every * between(random, 0.5, 1.5)).unref();
    };
    // The first one comes at any time, so that a line may be cut before it has said who it is.
    setTimeout(next, every * between(random, 0, 2)).unref();
  }
}

function upstream({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (protocol === "https:") return connectSafely({ host, port: Number(port || 443), servername: host });
  return connect(Number(port || 80), host);
}

type State = "clear" | "cutting" | "swallowing" | "silent" | "dripping";

/** One line: a client's socket and the server's. */
class Link {
  over = false;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #random: Random;
  readonly #ended: () => void;
  #state: State = "clear";
  #held: Buffer[] = [];
  #cancel = () => {};

  constructor(client: Socket, server: Socket, host: string, random: Random, ended: () => void) {
    this.#client = client;
    this.#server = server;
    this.#random = random;
    this.#ended = ended;
    let greeted = false;
    client.on("data", (data: Buffer) => {
      // The first bytes are the request for a socket: a proxy in front of the server goes by the host that it names.
      const said = greeted ? data : Buffer.from(data.toString("latin1").replace(HOST, `$1${host}`), "latin1");
      greeted = true;
      this.#pass(said, server, client);
    });
    server.on("data", (data: Buffer) => this.#pass(data, client, server));
    client.on("drain", () => this.#state === "clear" && server.resume());
    server.on("drain", () => this.#state === "clear" && client.resume());
    for (const socket of [client, server]) socket.on("error", () => this.end());
    client.on("close", () => this.end());
    server.on("close", () => this.#finish());
  }

  suffer(fault: Fault): void {
    if (this.#state !== "clear") return;
    if (fault === "cuts") {
      this.#state = "cutting";
      this.#after(500, () => this.end());
    } else if (fault === "half-open") {
      this.#state = "swallowing";
      this.#after(between(this.#random, 1000, 4000), () => this.end());
    } else if (fault === "stalls") {
      this.#state = "silent";
      this.#client.pause();
      this.#server.pause();
      this.#after(between(this.#random, 500, 3000), () => this.#clear());
    } else {
      this.#state = "dripping";
      this.#server.pause();
      const until = performance.now() + between(this.#random, 1000, 3000);
      this.#drip(until);
    }
  }

  calm(): void {
    if (this.#state === "cutting" || this.#state === "swallowing") this.end();
    else if (this.#state !== "clear") this.#clear();
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    this.#cancel();
    this.#client.destroy();
    this.#server.destroy();
    this.#ended();
  }

  /** The server said goodbye: what it said before is still told. */
  #finish(): void {
    if (this.#state === "swallowing") return;
    this.#cancel();
    this.#client.end(Buffer.concat(this.#held.splice(0)));
  }

  #pass(data: Buffer, to: Socket, from: Socket): void {
    if (this.#state === "swallowing" || this.over) return;
    if (this.#state === "cutting") {
      to.write(data.subarray(0, Math.floor(this.#random() * data.length)));
      this.#state = "swallowing";
      this.#after(1, () => this.end());
    } else if (this.#state === "dripping" && to === this.#client) this.#held.push(data);
    else if (!to.write(data)) from.pause();
  }

  /** Lets a little through at a time; meanwhile the server finds that its reader does not read. */
  #drip(until: number): void {
    this.#after(DRIP.ms, () => {
      const waiting = Buffer.concat(this.#held);
      this.#client.write(waiting.subarray(0, DRIP.bytes));
      this.#held = waiting.length > DRIP.bytes ? [waiting.subarray(DRIP.bytes)] : [];
      if (this.#held.length === 0) this.#server.resume();
      if (performance.now() < until) this.#drip(until);
      else this.#clear();
    });
  }

  #clear(): void {
    this.#cancel();
    this.#state = "clear";
    for (const data of this.#held.splice(0)) this.#client.write(data);
    this.#client.resume();
    this.#server.resume();
  }

  #after(ms: number, call: () => void): void {
    this.#cancel();
    const timer = setTimeout(call, ms);
    this.#cancel = () => clearTimeout(timer);
  }
}
