import { type Client, createClient, type Keep } from "@parley/client";
import { BEGINNING, type SimulatedNode } from "./node.ts";
import type { Random } from "./random.ts";
import type { Time } from "./time.ts";
import { type End, Wire } from "./wire.ts";

export interface DeviceParts {
  time: Time;
  random: Random;
  /** Milliseconds to the servers. */
  latency: number;
  /** Where a new line leads to; null where nobody answers. */
  route(device: Device): SimulatedNode | null;
  /** Every message that arrives, before the client takes it. */
  arriving(tab: Tab, text: string): void;
  changed(tab: Tab): void;
}

/** One device of one person: what it keeps outlives the tabs in which the real client runs. */
export class Device {
  readonly id: number;
  readonly name: string;
  readonly secret: string;
  readonly tabs: Tab[] = [];
  readonly parts: DeviceParts;
  /** How far its clock is off. */
  ahead = 0;
  /** Two tabs were open at once: what they send has no common order. */
  shared = false;
  /** Nothing runs while it sleeps; timers fall due when it wakes. */
  asleep = false;
  #slept: (() => void)[] = [];
  #kept = new Map<string, string>();
  #online = true;
  #listening = new Set<() => void>();

  constructor(id: number, name: string, secret: string, parts: DeviceParts) {
    this.id = id;
    this.name = name;
    this.secret = secret;
    this.parts = parts;
  }

  /** The tab that a person looks at. */
  get tab(): Tab | undefined {
    return this.asleep ? undefined : this.tabs.find((tab) => tab.alive);
  }

  get online(): boolean {
    return this.#online;
  }

  setOnline(online: boolean): void {
    if (this.#online === online) return;
    this.#online = online;
    for (const tab of this.tabs) if (!online) tab.vanish();
    for (const changed of [...this.#listening]) this.run(changed);
  }

  open(): Tab {
    const tab = new Tab(this, this.tabs.length);
    this.tabs.push(tab);
    return tab;
  }

  /** A day, or as long as it takes until `wake`: its lines end without a word. */
  sleep(): void {
    this.asleep = true;
    for (const tab of this.tabs) tab.vanish();
  }

  wake(after: number): void {
    if (!this.asleep) return;
    this.asleep = false;
    this.ahead += after;
    for (const call of this.#slept.splice(0)) call();
  }

  /** Now, or when it wakes. */
  run(call: () => void): void {
    if (this.asleep) this.#slept.push(call);
    else call();
  }

  now(): number {
    return BEGINNING + Math.floor(this.parts.time.now) + this.ahead;
  }

  get keep(): Keep {
    return {
      get: (name) => this.#kept.get(name) ?? null,
      set: (name, value) => void (value === null ? this.#kept.delete(name) : this.#kept.set(name, value)),
    };
  }

  listen(changed: () => void): () => void {
    this.#listening.add(changed);
    return () => void this.#listening.delete(changed);
  }
}

/** One life of the real client. */
export class Tab {
  readonly device: Device;
  readonly name: string;
  readonly client: Client;
  readonly wires = new Set<Wire>();
  alive = true;
  readonly #random: Random;

  constructor(device: Device, number: number) {
    this.device = device;
    this.name = `${device.id}.${number}`;
    this.#random = device.parts.random.fork(`tab ${this.name}`);
    this.client = createClient(this.#options());
    this.client.subscribe(() => this.alive && device.parts.changed(this));
  }

  /** Everything stops here; only what was kept remains. */
  close(): void {
    this.alive = false;
    for (const wire of this.wires) {
      if (this.#random.chance(0.8)) wire.leftByClient();
      else wire.vanish();
    }
    this.wires.clear();
  }

  vanish(): void {
    for (const wire of this.wires) wire.vanish();
  }

  #options() {
    const { device } = this;
    const random = this.#random;
    return {
      url: "http://parley.test",
      name: device.name,
      token: device.secret,
      keep: device.keep,
      WebSocket: socketsOf(this, random),
      random: () => random.next(),
      randomKey: (length: number) => random.key(length),
      network: { online: () => device.online, listen: (changed: () => void) => device.listen(changed) },
      clock: {
        now: () => device.now(),
        after: (ms: number, call: () => void) =>
          device.parts.time.after(ms, () => device.run(() => this.alive && call())),
      },
    };
  }
}

function socketsOf(tab: Tab, random: Random): typeof WebSocket {
  return class extends ClientSocket {
    constructor() {
      super(tab, random);
    }
  } as unknown as typeof WebSocket;
}

/** A device's end of a wire, as a browser hands it to the client. */
class ClientSocket implements End {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #tab: Tab;
  readonly #wire: Wire;

  constructor(tab: Tab, random: Random) {
    const { time, latency, route } = tab.device.parts;
    this.#tab = tab;
    this.#wire = new Wire({ time, random: random.fork(`wire ${time.steps}`), latency }, this);
    tab.wires.add(this.#wire);
    const node = route(tab.device);
    // An address where nobody answers at all keeps a client waiting.
    if (!node && random.chance(0.3)) return;
    time.after(latency + random.tail(latency, 500), () => this.#arrive(node));
  }

  send(text: string): void {
    if (this.readyState === 1) this.#wire.toServer(text);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#tab.wires.delete(this.#wire);
    this.#wire.leftByClient();
  }

  opened(): void {
    this.#run(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.();
    });
  }

  received(data: string): void {
    this.#run(() => {
      if (this.readyState !== 1) return;
      this.#tab.device.parts.arriving(this.#tab, data);
      this.onmessage?.({ data });
    });
  }

  closed(code: number, reason: string): void {
    this.#tab.wires.delete(this.#wire);
    this.#run(() => {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.onclose?.({ code, reason });
    });
  }

  #arrive(node: SimulatedNode | null): void {
    if (this.readyState !== 0 || this.#wire.down.dead) return;
    const accepted = node?.alive && node.accept(this.#wire, `device ${this.#tab.device.id}`);
    if (!accepted) return this.closed(1006, "");
    this.#wire.down.send(0, () => this.opened());
  }

  #run(call: () => void): void {
    this.#tab.device.run(() => this.#tab.alive && call());
  }
}
