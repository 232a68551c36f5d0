import type { Epoch, UserId } from "@parley/protocol/ids";
import type { Store } from "@parley/server/core/ports";
import { memoryStore } from "@parley/server/store/memory/memory";

import { FAULTLESS, SimulatedBus } from "./bus.ts";
import { Device, type Tab } from "./device.ts";
import { Disk } from "./disk.ts";
import { Ledger } from "./ledger.ts";
import { type NodeParts, type ServerSocket, SimulatedNode } from "./node.ts";
import type { Setting } from "./plan.ts";
import { Random } from "./random.ts";
import { sqliteInMemory } from "./sqlite.ts";
import { Time } from "./time.ts";
import { Watch } from "./watch.ts";

/** What a test of the tests breaks on purpose. */
export interface Sabotage {
  store?(port: Store, node: SimulatedNode, world: World): void;
  node?(node: SimulatedNode, world: World): void;
  socket?(socket: ServerSocket): void;
  disk?(disk: Disk): void;
}

const NAMES = ["Ada", "Bea", "Cleo", "Dora", "Edda", "Fay", "Gro", "Hedy"];

/** Several nodes, one disk, one bus, and people with their devices. */
export class World {
  readonly time = new Time();
  readonly setting: Setting;
  readonly random: Random;
  readonly disk: Disk;
  readonly bus: SimulatedBus;
  readonly ledger: Ledger;
  readonly watch: Watch;
  readonly devices: Device[] = [];
  nodes: SimulatedNode[] = [];
  /** The disk lost its newest part without knowing it: what is written again may have another id and time. */
  lostTail = false;
  /** What was written before anything could go wrong. */
  beginning = 0;
  /** Everybody, by their ids. */
  people: UserId[] = [];
  /** What is not as it was promised. */
  readonly wrongs: string[] = [];
  readonly sabotage: Sabotage;
  #lives = 0;
  #epochs = 0;

  constructor(setting: Setting, sabotage: Sabotage = {}) {
    this.setting = setting;
    this.sabotage = sabotage;
    this.random = new Random(setting.seed).fork("world");
    const { time } = this;
    const wrong = (what: string) => this.wrong(what);
    const open = setting.sqlite ? sqliteInMemory : memoryStore;
    const disk = {
      time,
      random: this.random.fork("disk"),
      open,
      wrong,
      slow: setting.slow,
      most: setting.limits.chat.commitWrites,
    };
    this.disk = new Disk(disk, this.newEpoch());
    sabotage.disk?.(this.disk);
    this.bus = new SimulatedBus(time, this.random.fork("bus"), setting.ownBus);
    this.ledger = new Ledger(wrong);
    this.watch = new Watch(this);
    for (let at = 0; at < setting.nodes; at++) this.start();
    for (let at = 0; at < setting.people + setting.more; at++) this.#addDevice(at);
  }

  get broken(): boolean {
    return this.wrongs.length > 0;
  }

  wrong(what: string): void {
    if (this.wrongs.length < 5) this.wrongs.push(`${what} (at ${(this.time.now / 1000).toFixed(3)} s)`);
  }

  run(ms: number, enough?: () => boolean): void {
    this.time.run(ms, () => this.broken || enough?.() === true);
  }

  living(): SimulatedNode[] {
    return this.nodes.filter((node) => node.alive);
  }

  /** A server is started. */
  start(): void {
    const { time, disk, bus, sabotage } = this;
    const parts: NodeParts = {
      ...{ time, disk, bus, limits: this.setting.limits, random: this.random.fork(`node ${this.#lives}`) },
      telling: (socket, payload) => this.watch.telling(socket, payload),
      wrong: (what) => this.wrong(what),
      refused: (key) => this.ledger.tryRefused(key),
      touch: {
        store: (port, node) => sabotage.store?.(port, node, this),
        node: (node) => sabotage.node?.(node, this),
        socket: (socket) => sabotage.socket?.(socket),
      },
    };
    this.nodes = [...this.living(), new SimulatedNode(this.#lives++, parts)];
  }

  /** As many servers as there were. */
  startAll(): void {
    while (this.living().length < this.setting.nodes) this.start();
  }

  crashAll(): void {
    for (const node of this.nodes) node.crash();
  }

  newEpoch(): Epoch {
    return `epoch${++this.#epochs}`;
  }

  /** Puts the disk back to an earlier state, under all servers. */
  rewind(length: number, epoch: Epoch): void {
    const before = this.disk.truth;
    this.ledger.check(before);
    this.crashAll();
    for (const device of this.devices) for (const tab of device.tabs) tab.vanish();
    this.disk.reopen(length, epoch);
    this.ledger.restored(before, this.disk.truth);
    this.watch.rewound();
  }

  /** Every fault ends, and everybody is there. */
  heal(): void {
    this.disk.out = false;
    Object.assign(this.bus.faults, FAULTLESS);
    this.bus.faults.apart.clear();
    for (const node of this.nodes) node.doomed = null;
    this.startAll();
    for (const device of this.devices) {
      device.wake(0);
      device.setOnline(true);
      for (const tab of device.tabs) for (const wire of tab.wires) wire.down.stalledUntil = 0;
      // What a closed tab left behind beside another one is found by the next that opens.
      if (device.shared) for (const tab of device.tabs) tab.close();
      const tab = device.tab ?? device.open();
      tab.client.connect();
    }
  }

  /** The tabs that live now. */
  tabs(): Tab[] {
    return this.devices.flatMap((device) => device.tabs.filter((tab) => tab.alive));
  }

  #addDevice(at: number): void {
    const { people, latency } = this.setting;
    const name = NAMES[at % people] as string;
    const device: Device = new Device(at, name, `secret-of-${name}`.padEnd(40, "_"), {
      ...{ time: this.time, latency, random: this.random.fork(`device ${at}`) },
      route: (from) => this.#route(from),
      arriving: (tab, text) => this.watch.arriving(tab, text),
      changed: (tab) => this.watch.changed(tab),
    });
    this.devices.push(device);
  }

  #route(device: Device): SimulatedNode | null {
    const living = this.living();
    return device.online && living.length > 0 ? this.random.pick(living) : null;
  }
}
