import type { Random } from "./random.ts";
import type { Time } from "./time.ts";

/** One direction of a connection: messages arrive in order, some time after they were sent, or never. */
export class Way {
  /** Bytes that were sent and have not arrived. */
  waiting = 0;
  /** Nothing arrives any more, and nobody is told. */
  dead = false;
  /** Nothing arrives before this moment. */
  stalledUntil = 0;
  readonly #time: Time;
  readonly #random: Random;
  readonly #latency: number;
  readonly #queue: { bytes: number; arrived: () => void }[] = [];
  #last = 0;

  constructor(time: Time, random: Random, latency: number) {
    this.#time = time;
    this.#random = random;
    this.#latency = latency;
  }

  send(bytes: number, arrived: () => void): void {
    this.waiting += bytes;
    this.#queue.push({ bytes, arrived });
    const soonest = Math.max(this.#last, this.stalledUntil, this.#time.now + this.#latency);
    this.#last = soonest + this.#random.tail(1, this.#latency * 4);
    this.#time.after(this.#last - this.#time.now, () => this.#arrive());
  }

  #arrive(): void {
    if (this.dead) return;
    const stall = this.stalledUntil - this.#time.now;
    if (stall > 0) return void this.#time.after(stall, () => this.#arrive());
    const next = this.#queue.shift();
    if (!next) return;
    this.waiting -= next.bytes;
    next.arrived();
  }
}

/** What one end of a wire is told. */
export interface End {
  opened(): void;
  received(text: string): void;
  closed(code: number, reason: string): void;
}

export interface WireParts {
  time: Time;
  random: Random;
  /** Milliseconds from one end to the other. */
  latency: number;
}

/** A connection between a device and a node, which can end in every way in which connections end. */
export class Wire {
  readonly up: Way;
  readonly down: Way;
  client: End | null;
  server: End | null = null;
  readonly #parts: WireParts;

  constructor(parts: WireParts, client: End) {
    const { time, random, latency } = parts;
    this.#parts = parts;
    this.client = client;
    this.up = new Way(time, random, latency);
    this.down = new Way(time, random, latency);
  }

  get over(): boolean {
    return this.client === null && this.server === null;
  }

  toServer(text: string): void {
    this.up.send(text.length, () => this.server?.received(text));
  }

  /** `taken` is called once the other end has it. */
  toClient(text: string, taken: () => void): void {
    this.down.send(text.length, () => {
      this.client?.received(text);
      taken();
    });
  }

  /** The client ends it; the server learns of it when that arrives. */
  leftByClient(): void {
    this.client = null;
    this.up.send(0, () => this.#end("server", 1000, ""));
  }

  /** The server ends it; what it said before arrives first. */
  leftByServer(code: number, reason: string): void {
    this.server = null;
    this.down.send(0, () => this.#end("client", code, reason));
  }

  /** Torn: what is on its way is lost from some moment on, and each end notices in its own time. */
  tear(): void {
    const { time, random, latency } = this.#parts;
    for (const [way, end] of [[this.up, "server"] as const, [this.down, "client"] as const]) {
      time.after(random.below(latency * 2), () => {
        way.dead = true;
        time.after(random.tail(5, 3000), () => this.#end(end, 1006, ""));
      });
    }
  }

  /** Nobody is told anything from now on. */
  vanish(): void {
    this.up.dead = true;
    this.down.dead = true;
  }

  #end(which: "client" | "server", code: number, reason: string): void {
    const end = this[which];
    this[which] = null;
    end?.closed(code, reason);
  }
}
