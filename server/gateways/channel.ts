import type { DialectName } from "@parley/protocol/dialects";
import type { Entry, EntryOf } from "@parley/protocol/entries";
import type { ConversationId, Key, UserId } from "@parley/protocol/ids";
import type { Actor, Membership, Place } from "../core/actor.ts";
import type { Chat } from "../core/chat.ts";
import type { Tap } from "../core/hearers.ts";
import type { Broadcast, Clock, Observer } from "../core/ports.ts";
import type { Stay, Watcher } from "../core/presence.ts";
import type { User } from "../core/rows.ts";
import type { Tapped } from "../core/tap.ts";
import type { Line, Socket } from "./dialect.ts";
import { Names } from "./names.ts";
import { Roll } from "./roll.ts";
import { calledIn } from "./who.ts";

/** What a room dialect says of a room: pure, one frame each, null where its wire has no word for it. */
export interface RoomCodec {
  readonly name: DialectName;
  /** Does whoever arrives hear of their own arrival? */
  readonly tellsOwnArrival: boolean;
  message(said: Said, by: string): string;
  came(by: string, time: number): string | null;
  went(by: string, time: number): string | null;
  typing(by: string): string | null;
  /** What whoever arrives hears of those who are here, themselves among them. */
  welcome(here: readonly string[]): string | null;
}

/** A message as dialects tell it. */
export interface Said {
  id: number;
  time: number;
  text: string;
}

/** One socket in a channel. `ended` is called when the room does not want it any more. */
export interface Guest extends Stay {
  readonly user: User;
  readonly socket: Socket;
  readonly saysBlank: boolean;
  /** True once the socket is gone. */
  readonly isGone: boolean;
  ended(why: "gone" | "removed"): void;
}

export interface ChannelParts {
  chat: Chat;
  clock: Clock;
  newKey(): Key;
  broadcast: Broadcast;
  observer: Observer;
}

/** Milliseconds between two tellings of what reached the people of a channel. */
const MARKS_EVERY = 5_000;
const DONE = Promise.resolve();
/** Of what is published, the runtime lets so many frames wait for a socket before it writes them. */
const WAITING = 32;

interface Present {
  leave: () => void;
  actor: Actor;
}

/**
 * A room as the sockets of one dialect hear it on this node: each entry is encoded once and published to all, in one
 * order with who comes and goes. It holds no history; what was said before somebody came is not said to them.
 */
export class Channel implements Tap, Watcher {
  readonly conversation: ConversationId;
  readonly #parts: ChannelParts;
  readonly #codec: RoomCodec;
  readonly #topic: string;
  readonly #names: Names;
  readonly #guests = new Map<Guest, Present>();
  readonly #ended: () => void;
  #tapped: Tapped | null = null;
  #unwatch: () => void = () => {};
  #roll = new Roll([]);
  /** Guests that will enter. */
  #expected = 0;
  /** The room was deleted: nobody comes and goes any more. */
  #isOver = false;
  readonly #over = Promise.withResolvers<void>();
  /** What waits for a name that is being read; null where nothing does. */
  #chain: Promise<void> | null = null;
  #delivered = 0;
  #marked = 0;
  #cancelMarks: (() => void) | null = null;

  /** `ended` is called once nobody is here any more. */
  constructor(parts: ChannelParts, codec: RoomCodec, conversation: ConversationId, ended: () => void) {
    this.#parts = parts;
    this.#names = new Names(parts);
    this.#codec = codec;
    this.conversation = conversation;
    this.#topic = `${codec.name}/${conversation}`;
    this.#ended = ended;
  }

  /** Begins to hear the room. Throws `not_found` or `gone`. */
  async open(): Promise<void> {
    this.#tapped = await this.#parts.chat.tap(this.conversation, this);
    const { presence } = this.#parts.chat;
    this.#unwatch = presence.watch(this.conversation, this);
    this.#roll = new Roll(presence.roll(this.conversation));
  }

  /** Somebody is about to enter: the channel stays until they did, or `forgo` is called. */
  expect(): void {
    this.#expected += 1;
  }

  forgo(): void {
    this.#expected -= 1;
    this.#endWhereEmpty();
  }

  /** Resolves when this guest, who was expected, is in. They must be members. */
  async enter(guest: Guest, membership: Membership): Promise<void> {
    await this.#inOrder([guest.user.id], () => this.#admit(guest, membership));
    this.forgo();
  }

  leave(guest: Guest): void {
    void this.#inOrder([guest.user.id], () => {
      const present = this.#guests.get(guest);
      if (!present) return;
      this.#mark([guest]);
      this.#guests.delete(guest);
      present.leave();
      this.#tellMove("went", guest.user.id, guest);
      this.#endWhereEmpty();
    });
  }

  /** Resolves when the message is durable. `placed` is called when its place among the author's others is certain. */
  post(guest: Guest, text: string, placed: () => void): Promise<unknown> {
    const { chat, newKey } = this.#parts;
    const actor = this.#guests.get(guest)?.actor ?? { user: guest.user };
    return chat.write(actor, "post", { key: newKey(), conversation: this.conversation, text }, placed);
  }

  /** Tells everybody but this socket that its person is writing. */
  writing(guest: Guest): void {
    if (!this.#guests.has(guest)) return;
    guest.socket.unsubscribe(this.#topic);
    this.#say(this.#codec.typing(calledIn(guest.user)));
    guest.socket.subscribe(this.#topic);
    this.#parts.chat.presence.typing(this.conversation, guest.user.id, true, this);
  }

  heard(entries: readonly Entry[]): void {
    const said = entries.filter((entry) => entry.kind === "message");
    const authors = said.map(({ author }) => author);
    void this.#inOrder(authors, () => this.#takeAll(entries));
  }

  told(): void {}

  gone(): void {
    void this.#inOrder([], () => {
      for (const guest of [...this.#guests.keys()]) this.#end(guest, "gone");
      this.#endWhereEmpty();
      this.#over.resolve();
    });
  }

  /** Resolves when the room was deleted and its sockets here are told, or nobody is here any more. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  came(user: UserId): void {
    void this.#inOrder([user], () => this.#tellMove("came", user));
  }

  went(user: UserId): void {
    void this.#inOrder([user], () => this.#tellMove("went", user));
  }

  typing(user: UserId): void {
    void this.#inOrder([user], () => this.#say(this.#codec.typing(this.#names.of(user))));
  }

  async #admit(guest: Guest, membership: Membership): Promise<void> {
    if (guest.isGone) return;
    if (this.#isOver) return guest.ended("gone");
    const { chat } = this.#parts;
    const { socket, user } = guest;
    this.#names.note(user);
    const place = { row: this.#tapped?.row, member: membership } as Place;
    const known = (id: ConversationId) => (id === this.conversation && this.#guests.has(guest) ? place : undefined);
    const actor: Actor = { user, known, ...(guest.saysBlank && { saysBlank: true }) };
    if (this.#codec.tellsOwnArrival) socket.subscribe(this.#topic);
    this.#guests.set(guest, { actor, leave: chat.presence.enter(this.conversation, user.id, this, guest) });
    this.#tellMove("came", user.id, guest);
    if (this.#codec.tellsOwnArrival) return;
    const here = this.#roll.users;
    await this.#names.learn(here);
    const welcome = this.#codec.welcome(here.map((id) => this.#names.of(id)));
    if (welcome !== null) socket.send(welcome);
    socket.subscribe(this.#topic);
  }

  #takeAll(entries: readonly Entry[]): void {
    let frames: string[] = [];
    for (const entry of entries) {
      if (entry.kind === "message") this.#tell(entry, frames);
      else {
        this.#sayAll(frames);
        frames = [];
        this.#take(entry);
      }
    }
    this.#sayAll(frames);
  }

  #take(entry: Entry): void {
    if (entry.kind === "profiled") this.#names.note(entry.body.person);
    else if (entry.kind === "left") this.#remove(entry.body.user);
    else if (entry.kind === "closed") this.#isOver = true;
  }

  #tellMove(move: "came" | "went", user: UserId, guest: Guest | null = null): void {
    this.#roll[move](user, guest);
    if (!this.#isOver) this.#say(this.#codec[move](this.#names.of(user), this.#parts.clock.now()));
  }

  #tell({ id, time, body, author, seq }: EntryOf<"message">, frames: string[]): void {
    if (body.text === null) return;
    frames.push(this.#codec.message({ id, time, text: body.text }, this.#names.of(author)));
    this.#delivered = seq;
    this.#cancelMarks ??= this.#parts.clock.after(MARKS_EVERY, () => this.#tellDelivered());
  }

  #remove(user: UserId): void {
    for (const guest of [...this.#guests.keys()]) if (guest.user.id === user) this.#end(guest, "removed");
    this.#endWhereEmpty();
  }

  #end(guest: Guest, why: "gone" | "removed"): void {
    const present = this.#guests.get(guest);
    this.#guests.delete(guest);
    guest.socket.unsubscribe(this.#topic);
    present?.leave();
    this.#tellMove("went", guest.user.id, guest);
    guest.ended(why);
  }

  #endWhereEmpty(): void {
    if (this.#guests.size > 0 || this.#expected > 0) return;
    this.#cancelMarks?.();
    this.#tapped?.untap();
    this.#unwatch();
    this.#ended();
    this.#over.resolve();
  }

  /** What was said here reached all whose sockets took it: their marks move, so that authors see it. */
  #tellDelivered(): void {
    this.#cancelMarks = null;
    if (this.#delivered === this.#marked) return;
    this.#marked = this.#delivered;
    this.#mark([...this.#guests.keys()].filter(({ socket }) => socket.waiting() === 0));
  }

  #mark(guests: readonly Guest[]): void {
    if (this.#delivered === 0) return;
    const { chat, observer } = this.#parts;
    const args = { conversation: this.conversation, delivered: this.#delivered };
    for (const user of new Map(guests.map((guest) => [guest.user.id, guest.user])).values()) {
      chat.run({ user }, "mark", args).catch((error) => observer.log("debug", "mark_untold", { error: String(error) }));
    }
  }

  /** What is more than may wait is said to each socket, behind what waits for it, in one write. */
  #sayAll(frames: readonly string[]): void {
    for (let at = 0; at < Math.min(frames.length, WAITING); at++) this.#say(frames[at] as string);
    if (frames.length <= WAITING) return;
    const say = (line: Line) => {
      for (let at = WAITING; at < frames.length; at++) line.sendText(frames[at] as string);
    };
    for (const { socket } of this.#guests.keys()) socket.together(say);
  }

  #say(frame: string | null): void {
    if (frame !== null) this.#parts.broadcast.publish(this.#topic, frame);
  }

  /** Everything is told in the order in which it happened; at once where all names are known. */
  #inOrder(names: readonly UserId[], step: () => void | Promise<void>): Promise<void> {
    if (!this.#chain && this.#names.knows(names)) {
      const more = step();
      if (!more) return DONE;
      return this.#follow(more);
    }
    return this.#follow((this.#chain ?? DONE).then(() => this.#names.learn(names)).then(step));
  }

  #follow(work: Promise<void>): Promise<void> {
    const settled: Promise<void> = work
      .catch((error) => this.#parts.observer.log("warn", "channel_behind", { error: String(error) }))
      .finally(() => {
        if (this.#chain === settled) this.#chain = null;
      });
    this.#chain = settled;
    return work;
  }
}
