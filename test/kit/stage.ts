import type { CursorRow } from "@parley/protocol/cursor";
import { cursorCheck } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import type { ServerFrame, ServerFrameOf } from "@parley/protocol/frames";
import type { ConversationId, Time } from "@parley/protocol/ids";
import { memoryBus } from "@parley/server/bus/memory";
import { configFrom } from "@parley/server/config";
import { Chat, type ChatLimits } from "@parley/server/core/chat";
import type { Codec } from "@parley/server/core/codec";
import type { Connection } from "@parley/server/core/connection";
import type { Bus, Clock, Outlet, Store } from "@parley/server/core/ports";
import type { User } from "@parley/server/core/rows";
import { memoryStore } from "@parley/server/store/memory/memory";
import { plainDigests } from "./digests.ts";
import { quickPasswords } from "./passwords.ts";

/** A clock that moves only when told to; turns run with the event loop. */
export class StageClock implements Clock {
  #now = 1_700_000_000_000;
  #ahead = 0;
  #timers: { at: Time; call: () => void }[] = [];

  now(): Time {
    return this.#now + this.#ahead;
  }

  /** Somebody sets the clock; what was to happen in so many milliseconds still does. */
  set(by: number): void {
    this.#ahead += by;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  turn(call: () => void): void {
    setImmediate(call);
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = due.at;
      due.call();
    }
    this.#now = until;
  }
}

/** A codec that counts how often it was asked to encode. */
export class CountingCodec implements Codec {
  readonly name = "stage";
  encodings = 0;

  encode(frames: readonly ServerFrame[]): string {
    this.encodings += 1;
    return JSON.stringify(frames);
  }
}

/** A person's socket on the stage: everything that it was told, in order. */
export class Seat implements Outlet {
  readonly frames: ServerFrame[] = [];
  closed = false;
  readonly #stage: Stage;
  connection!: Connection;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  subscribe(topic: string): void {
    const seats = this.#stage.topics.get(topic) ?? new Set();
    this.#stage.topics.set(topic, seats.add(this));
  }

  unsubscribe(topic: string): void {
    this.#stage.topics.get(topic)?.delete(this);
  }

  send(payload: string): void {
    this.frames.push(...(JSON.parse(payload) as ServerFrame[]));
  }

  waiting(): number {
    return 0;
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
    this.leave();
  }

  /** Every frame of one kind. */
  told<T extends ServerFrame["t"]>(t: T): Extract<ServerFrame, { t: T }>[] {
    return this.frames.filter((frame): frame is Extract<ServerFrame, { t: T }> => frame.t === t);
  }

  /** Every entry of a conversation, in the order in which it came. */
  entries(conversation: ConversationId): Entry[] {
    return this.told("entries").flatMap((frame: ServerFrameOf<"entries">) =>
      frame.conversation === conversation ? frame.entries : [],
    );
  }

  texts(conversation: ConversationId): (string | null)[] {
    return this.entries(conversation).flatMap((entry) => (entry.kind === "message" ? [entry.body.text] : []));
  }

  leave(): void {
    this.connection.closed();
    for (const seats of this.#stage.topics.values()) seats.delete(this);
  }
}

/** The real core on a store and a bus of the test's choice, with sockets that only remember. */
export class Stage {
  readonly clock = new StageClock();
  readonly codec = new CountingCodec();
  readonly topics = new Map<string, Set<Seat>>();
  readonly store: Store;
  readonly chat: Chat;
  deliveries = 0;
  #keys = 0;

  constructor(parts: { store?: Store; bus?: Bus; limits?: Partial<ChatLimits> } = {}) {
    this.store = parts.store ?? memoryStore();
    this.chat = new Chat({
      store: this.store,
      bus: parts.bus ?? memoryBus(),
      clock: this.clock,
      digests: plainDigests,
      passwords: quickPasswords,
      broadcast: { publish: (topic, payload) => this.#publish(topic, payload) },
      observer: { count: () => {}, log: () => {} },
      limits: { ...configFrom({}).chat, ...parts.limits },
    });
  }

  key(): string {
    this.#keys += 1;
    return `key-${this.#keys}`;
  }

  /** Somebody who holds this name. */
  person(name: string): Promise<User> {
    return this.chat.people.enrol(name, name.padEnd(32, "_").replaceAll(" ", "_"));
  }

  /** A socket of this person, brought up from its cursors. */
  async seat(user: User, cursors: CursorRow[] = [], epoch: string = this.store.epoch, token?: string): Promise<Seat> {
    const seat = new Seat(this);
    seat.connection = this.chat.connect(user, this.codec, seat, token);
    await seat.connection.resume(epoch, cursors);
    return seat;
  }

  async room(owner: User, ...others: User[]): Promise<ConversationId> {
    const { conversation } = await this.chat.run({ user: owner }, "create_room", { key: this.key(), name: "A room" });
    for (const user of others) {
      await this.chat.run({ user }, "join", { key: this.key(), conversation: conversation.id });
    }
    await this.settle();
    return conversation.id;
  }

  post(user: User, conversation: ConversationId, text: string, key: string = this.key()) {
    return this.chat.run({ user }, "post", { key, conversation, text });
  }

  /** Lets everything that is under way come to rest. */
  async settle(): Promise<void> {
    for (let i = 0; i < 12; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #publish(topic: string, payload: string): void {
    for (const seat of this.topics.get(topic) ?? []) {
      this.deliveries += 1;
      seat.send(payload);
    }
  }
}

/** The cursor that stands on this entry. */
export function cursorOn(conversation: ConversationId, entry: Entry): CursorRow {
  return [conversation, entry.seq, cursorCheck(entry.author, entry.key)];
}
