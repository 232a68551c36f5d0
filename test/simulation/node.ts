import type { Key } from "@parley/protocol/ids";
import { configFrom } from "@parley/server/config";
import type { Actor } from "@parley/server/core/actor";
import { Chat, type ChatLimits } from "@parley/server/core/chat";
import type { Clock, Digests, Observer, Store } from "@parley/server/core/ports";
import { nativeDialect } from "@parley/server/gateways/native/session";
import { unlimited } from "@parley/server/gateways/rates";
import type { BunSocket } from "@parley/server/gateways/socket";
import { SocketGateway } from "@parley/server/gateways/sockets";
import { quickPasswords } from "../kit/passwords.ts";
import type { SimulatedBus } from "./bus.ts";
import type { Disk } from "./disk.ts";
import { overheard } from "./overheard.ts";
import type { Random } from "./random.ts";
import type { Time } from "./time.ts";
import type { End, Wire } from "./wire.ts";

/** Where in its work a node may die. */
export type Moment = "before commit" | "after commit" | "while announcing";

export interface NodeParts {
  time: Time;
  random: Random;
  disk: Disk;
  bus: SimulatedBus;
  limits: SimulatedLimits;
  /** Everything that is told to a socket passes here, just before it leaves. */
  telling(socket: ServerSocket, payload: string): void;
  wrong(what: string): void;
  /** A try of what has this key is refused for good. */
  refused(key: Key): void;
  /** Takes a part of a new node in hand before it is used: a test of the tests breaks things here. */
  touch: {
    store(port: Store, node: SimulatedNode): void;
    node(node: SimulatedNode): void;
    socket(socket: ServerSocket): void;
  };
}

export interface SimulatedLimits {
  chat: ChatLimits;
  readerBytes: number;
  pendingCommands: number;
  beat: number;
}

/** When the world begins, in milliseconds since 1970. */
export const BEGINNING = 1_790_000_000_000;

const digests: Digests = {
  content: (text) => Number(Bun.hash.xxHash64(text) & 0xfffffffffffffn),
  token: (secret) => `hash:${secret}`,
  random: (length) => "r".repeat(length),
};

/** One server: the real core and the real gateway, on simulated sockets, bus, clock and disk. It lives once. */
export class SimulatedNode {
  readonly id: number;
  readonly chat: Chat;
  readonly store: Store;
  readonly gateway: SocketGateway;
  readonly sockets = new Set<ServerSocket>();
  alive = true;
  /** How far this machine's clock is off. */
  ahead = 0;
  /** It will die when it comes there. */
  doomed: Moment | null = null;
  readonly #parts: NodeParts;
  readonly #topics = new Map<string, Set<ServerSocket>>();

  constructor(id: number, parts: NodeParts) {
    this.id = id;
    this.#parts = parts;
    const { disk, bus, limits } = parts;
    const clock = this.#clock();
    const observer = this.#observer();
    const broadcast = { publish: (topic: string, payload: string) => this.#publish(topic, payload) };
    this.store = disk.port(this);
    parts.touch.store(this.store, this);
    this.chat = new Chat({
      ...{
        store: this.store,
        bus: bus.port(this),
        clock,
        digests,
        passwords: quickPasswords,
        broadcast,
        observer,
        limits: limits.chat,
      },
    });
    this.chat.run = this.#bounded(this.chat.run);
    this.chat.write = overheard(this.#bounded(this.chat.write), parts.refused);
    parts.touch.node(this);
    this.gateway = this.#gateway(clock, observer);
    this.gateway.start();
  }

  dies(moment: Moment): boolean {
    if (this.alive && this.doomed === moment) this.crash();
    return !this.alive;
  }

  /** Ends as a power cut would end it: nothing more is said, and some connections are not even reset. */
  crash(): void {
    if (!this.alive) return;
    this.alive = false;
    this.#parts.bus.left(this);
    for (const socket of this.sockets) {
      if (this.#parts.random.chance(0.7)) socket.wire.tear();
      else socket.wire.vanish();
    }
    this.sockets.clear();
  }

  /** Stops in order: what was accepted is committed, and everybody is told when to come back. */
  stop(): void {
    void this.gateway.drain(() => this.#parts.random.next()).then(() => this.crash());
  }

  /** A wire arrives. False where it is not let in. */
  accept(wire: Wire, address: string): boolean {
    let socket: BunSocket | undefined;
    const server = {
      upgrade(_: Request, { data }: { data: BunSocket }) {
        socket = data;
        return true;
      },
    };
    const request = new Request("http://parley.test/socket", { headers: { upgrade: "websocket" } });
    const caller = { id: "", address, network: address, host: "", secure: false };
    this.gateway.upgrade({ request, path: "/socket", server: server as unknown as Bun.Server<BunSocket>, caller });
    if (!socket) return false;
    const end = new ServerSocket(this, wire, socket, this.#parts);
    this.#parts.touch.socket(end);
    this.sockets.add(end);
    wire.server = end;
    end.opened();
    return true;
  }

  subscribed(topic: string): Set<ServerSocket> {
    const known = this.#topics.get(topic);
    if (known) return known;
    const sockets = new Set<ServerSocket>();
    this.#topics.set(topic, sockets);
    return sockets;
  }

  unsubscribedAll(socket: ServerSocket): void {
    for (const sockets of this.#topics.values()) sockets.delete(socket);
  }

  #publish(topic: string, payload: string): void {
    if (!this.alive) return;
    for (const socket of this.#topics.get(topic) ?? []) socket.send(payload);
  }

  /** The same, while nobody has more commands under way than one line may have. */
  #bounded<F extends (actor: Actor, ...rest: never[]) => Promise<unknown>>(carryOut: F): F {
    const open = new Map<Actor, number>();
    const counted = async (actor: Actor, ...rest: never[]) => {
      const now = (open.get(actor) ?? 0) + 1;
      open.set(actor, now);
      if (now > this.#parts.limits.pendingCommands) this.#parts.wrong(`${now} commands of one line are under way`);
      try {
        return await carryOut.call(this.chat, actor, ...rest);
      } finally {
        open.set(actor, (open.get(actor) ?? 1) - 1);
      }
    };
    return counted as unknown as F;
  }

  #clock(): Clock {
    const { time, random } = this.#parts;
    const living = (call: () => void) => () => {
      if (this.alive) call();
    };
    return {
      now: () => BEGINNING + Math.floor(time.now) + this.ahead,
      after: (ms, call) => time.after(ms, living(call)),
      turn: (call) => void time.after(random.tail(0.1, 2), living(call)),
    };
  }

  /** Some things are told to the log as errors that must never happen. */
  #observer(): Observer {
    return {
      count: () => {},
      log: (level, event, facts) => {
        if (level === "error" && this.alive)
          this.#parts.wrong(`node ${this.id} logged ${event} ${JSON.stringify(facts)}`);
      },
    };
  }

  #gateway(clock: Clock, observer: Observer): SocketGateway {
    const { limits } = this.#parts;
    const { socket, wire } = configFrom({});
    const native = nativeDialect({
      ...{ chat: this.chat, clock, observer, rates: unlimited, server: "simulated" },
      limits: {
        ...{ batchBytes: socket.batchBytes, pendingBytes: socket.pendingBytes, hello: socket.helloDeadline },
        ...{ pendingCommands: limits.pendingCommands, beat: limits.beat, cursors: 1000 },
        wire: { ...wire, page: limits.chat.page },
      },
    });
    const gatewayLimits = {
      ...{ greeting: 1000, batchCloseBytes: socket.closeBytes, returnsPerSecond: socket.returnsPerSecond },
      ...{ beat: limits.beat, readerBytes: limits.readerBytes },
    };
    return new SocketGateway({ chat: this.chat, clock, observer, limits: gatewayLimits, run: "simulated" }, native);
  }
}

/** A node's end of a wire, as the runtime hands it to the gateway. */
export class ServerSocket implements End {
  readonly data: BunSocket;
  readonly node: SimulatedNode;
  readonly wire: Wire;
  readonly #parts: NodeParts;
  #open = true;
  #cut = false;

  constructor(node: SimulatedNode, wire: Wire, data: BunSocket, parts: NodeParts) {
    this.node = node;
    this.wire = wire;
    this.data = data;
    this.#parts = parts;
  }

  opened(): void {
    this.node.gateway.websocket.open?.(this.#asRuntime);
  }

  received(text: string): void {
    if (this.#open && this.node.alive) void this.node.gateway.websocket.message?.(this.#asRuntime, text);
  }

  closed(code: number, reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.node.sockets.delete(this);
    this.node.unsubscribedAll(this);
    if (this.node.alive) void this.node.gateway.websocket.close?.(this.#asRuntime, code, reason);
  }

  subscribe(topic: string): void {
    if (this.#open) this.node.subscribed(topic).add(this);
  }

  unsubscribe(topic: string): void {
    this.node.subscribed(topic).delete(this);
  }

  /** What does not fit any more is dropped, and the reader is cut: as the runtime does it. */
  send(payload: string): void {
    if (!this.#open || !this.node.alive) return;
    if (this.wire.down.waiting > this.#parts.limits.readerBytes) return this.#cutSoon();
    this.#parts.telling(this, payload);
    this.wire.toClient(payload, () => {
      if (this.#open && this.node.alive) void this.node.gateway.websocket.drain?.(this.#asRuntime);
    });
  }

  getBufferedAmount(): number {
    return this.wire.down.waiting;
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.wire.leftByServer(code, reason);
    this.closed(code, reason);
  }

  terminate(): void {
    if (!this.#open) return;
    this.wire.tear();
    this.closed(1006, "");
  }

  #cutSoon(): void {
    if (this.#cut) return;
    this.#cut = true;
    this.#parts.time.after(this.#parts.random.tail(1, 10), () => this.terminate());
  }

  get #asRuntime(): Bun.ServerWebSocket<BunSocket> {
    return this as unknown as Bun.ServerWebSocket<BunSocket>;
  }
}
