import type { Args, CommandName, Receipt, Result } from "@parley/protocol/commands";
import type { Conversation } from "@parley/protocol/conversations";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, EntryId } from "@parley/protocol/ids";
import { Access, type AccessLimits } from "./access.ts";
import { type AccountsParts, deleteAccount } from "./accounts.ts";
import type { Actor } from "./actor.ts";
import { Blocks, checkHeard } from "./blocks.ts";
import { Calendar } from "./calendar.ts";
import type { Codec } from "./codec.ts";
import { Committer } from "./committer.ts";
import { Connection, type ConnectionParts } from "./connection.ts";
import { Conversations } from "./conversations.ts";
import type { FeedLimits } from "./feed.ts";
import { Feeds } from "./feeds.ts";
import type { Tap } from "./hearers.ts";
import { history, located } from "./history.ts";
import { House } from "./house.ts";
import type { Asker, Done } from "./keyed.ts";
import { Lines } from "./lines.ts";
import { Members } from "./members.ts";
import { Messages } from "./messages.ts";
import { People } from "./people.ts";
import type { Broadcast, Bus, Clock, Digests, Observer, Outlet, Passwords, Store } from "./ports.ts";
import { Presence, type PresenceLimits } from "./presence.ts";
import { watchProof } from "./proof.ts";
import { mark, receipts, tellMoved } from "./receipts.ts";
import { Rooms } from "./rooms.ts";
import type { Logged, User } from "./rows.ts";
import { summarise } from "./summary.ts";
import { type Tapped, tapped } from "./tap.ts";

export interface ChatLimits {
  text: number;
  shownName: number;
  handle: number;
  roomName: number;
  topic: number;
  groupMembers: number;
  /** Rows of any list or page. */
  page: number;
  people: number;
  looks: number;
  commitWrites: number;
  resumeWaiting: number;
  tailBytes: number;
  access: AccessLimits;
  feed: FeedLimits;
  presence: PresenceLimits;
}

export interface ChatParts {
  store: Store;
  bus: Bus;
  clock: Clock;
  digests: Digests;
  passwords: Passwords;
  broadcast: Broadcast;
  observer: Observer;
  limits: ChatLimits;
}

/** Commands that any way in may give. Those about a live line (`look`, `follow` …) belong to a Connection. */
export type PlainCommand = Exclude<CommandName, "look" | "typing" | "follow" | "unfollow">;

/** Commands that write into a conversation's log what somebody says there. */
export type Writing = "post" | "edit" | "delete";

type Table = { [C in PlainCommand]: (actor: Actor, args: Args<C>) => Promise<Result<C>> };

/** The front door: everything that chat is, for every way in. */
export class Chat {
  readonly people: People;
  readonly access: Access;
  readonly rooms: Rooms;
  readonly feeds: Feeds;
  readonly presence: Presence;
  readonly lines = new Lines();
  readonly #parts: ChatParts;
  readonly #committer: Committer;
  readonly #house: House;
  readonly #messages: Messages;
  readonly #table: Table;
  readonly #connected: ConnectionParts;

  constructor(parts: ChatParts) {
    const { store, bus, clock, digests, broadcast, observer, limits } = parts;
    this.#parts = parts;
    this.feeds = new Feeds({
      ...{ store, bus, broadcast, observer, limits: limits.feed, tailBytes: limits.tailBytes },
      passing: (conversation, note) => this.presence.heard(conversation, note),
    });
    const telling = { store, bus, feeds: this.feeds, observer };
    this.#committer = new Committer({
      store,
      bus,
      clock,
      observer,
      most: limits.commitWrites,
      moved: (committed) => {
        tellMoved(telling, committed).catch((error) => observer.log("warn", "marks_untold", { error: String(error) }));
      },
    });
    const { feeds, lines } = this;
    this.presence = new Presence({ feeds, lines, bus, broadcast, clock, limits: limits.presence });
    const keyed = { store, committer: this.#committer, digests, clock };
    const calendar = new Calendar(clock);
    this.people = new People({ ...keyed, calendar, limits });
    this.access = new Access({ ...keyed, calendar, passwords: parts.passwords, limits: limits.access });
    this.#messages = new Messages({ ...keyed, presence: this.presence, limits });
    const conversations = new Conversations({ ...keyed, limits });
    this.#house = new House({ store, clock });
    this.rooms = new Rooms({ ...keyed, house: this.#house, conversations, limits });
    const { looks, resumeWaiting } = limits;
    this.#connected = {
      store,
      observer,
      feeds,
      lines,
      presence: this.presence,
      limits: limits.feed,
      looks,
      resumeWaiting,
      clock,
    };
    this.#table = this.#commands(keyed, conversations, new Members({ ...keyed, limits }));
  }

  get epoch(): string {
    return this.#parts.store.epoch;
  }

  /** The server's own person, who does what nobody does; nobody can sign in as them. */
  house(): Promise<User> {
    return this.#house.person();
  }

  /** Carries out one command with arguments of its shape. Throws ChatError. */
  run<C extends PlainCommand>(actor: Actor, command: C, args: Args<C>): Promise<Result<C>> {
    return this.#table[command](actor, args);
  }

  /**
   * Like `run`, and says whether an earlier command with this key had been carried out. `placed` is called once what
   * is placed from then on comes behind this write.
   */
  write<C extends Writing>(actor: Actor, command: C, args: Args<C>, placed?: () => void): Promise<Done> {
    return new Promise((done, failed) => this.begin(actor, command, args, { done, failed, ...(placed && { placed }) }));
  }

  /** The same for somebody who need not wait for a promise. */
  begin<C extends Writing>(actor: Actor, command: C, args: Args<C>, asker: Asker): void {
    const write = this.#messages[command] as (actor: Actor, args: Args<C>, asker: Asker) => void;
    write.call(this.#messages, actor, args, asker);
  }

  /** A live line for this person, proven by a token of this digest. */
  connect(user: User, codec: Codec, outlet: Outlet, token?: string): Connection {
    return new Connection(this.#connected, user, codec, outlet, token);
  }

  /** Hears a conversation inside this node, from now on. Whether anybody may is for the caller. */
  tap(conversation: ConversationId, tap: Tap): Promise<Tapped> {
    return tapped({ store: this.#parts.store, feeds: this.feeds }, conversation, tap);
  }

  /** The entry with this id, wherever it stands, for whoever may read it. Throws `not_found` and `gone`. */
  located(actor: Actor, entry: EntryId): Promise<Logged> {
    return located(this.#parts.store, actor, entry);
  }

  /** Everything that this person is in, their inbox left out, as they see it. */
  async conversationsOf({ id }: User): Promise<Conversation[]> {
    const { store } = this.#parts;
    const all: Conversation[] = [];
    for (const { row } of await store.memberships(id)) {
      const one = await summarise(store, row.id, id);
      if (one) all.push(one);
    }
    return all;
  }

  /** Calls `ended` once when this token of theirs, given by its digest, has ended. The result stops watching. */
  watchProof(user: User, token: string, ended: () => void): Promise<() => void> {
    const { store, clock } = this.#parts;
    return watchProof({ store, clock, feeds: this.feeds }, user, token, ended);
  }

  /** This person is writing, or stopped. Only members who follow the conversation are heard. */
  async typing(connection: Connection, { conversation, active }: Args<"typing">): Promise<void> {
    const place = connection.known(conversation);
    if (!place?.member) throw new ChatError("not_member");
    await checkHeard(this.#parts.store, place.row, connection.user.id);
    this.presence.typing(conversation, connection.user.id, active);
  }

  /**
   * One beat: reads the heads of everything that is followed here, in one query, lets feeds that missed a doorbell
   * catch up, with marks too, and tells followers which heads moved since the last beat.
   */
  async beat(told: Map<number, number>): Promise<void> {
    this.feeds.trim();
    const feeds = this.feeds.all();
    const heads = await this.#parts.store.heads(feeds.map((feed) => feed.row.id));
    this.#committer.ringDoubted();
    for (const feed of feeds) {
      const { seq: head, moved } = heads.get(feed.row.id) ?? { seq: 0, moved: 0 };
      if (head > feed.head.seq) feed.catchUpSoon();
      feed.catchUpMarks(moved);
      if (told.get(feed.row.id) === head) continue;
      told.set(feed.row.id, head);
      feed.tell({ t: "beat", heads: [[feed.row.id, head]] });
    }
    for (const id of told.keys()) if (!heads.has(id)) told.delete(id);
  }

  /** Resolves when everything that was accepted is committed. */
  settled(): Promise<void> {
    return this.#committer.idle();
  }

  #commands(keyed: AccountsParts, conversations: Conversations, members: Members): Table {
    const { store, clock, limits } = this.#parts;
    const blocks = new Blocks({ ...keyed, limits });
    const written = async <C extends Writing>(actor: Actor, command: C, args: Args<C>): Promise<Receipt> =>
      (await this.write(actor, command, args)).receipt;
    return {
      create_room: (actor, args) => conversations.createRoom(actor, args),
      list_rooms: (actor, args) => conversations.list(actor, args),
      join: (actor, args) => members.join(actor, args),
      leave: (actor, args) => members.leave(actor, args),
      rename: (actor, args) => conversations.rename(actor, args),
      delete_room: (actor, args) => conversations.deleteRoom(actor, args),
      open_direct: (actor, args) => conversations.openDirect(actor, args),
      create_group: (actor, args) => conversations.createGroup(actor, args),
      add_member: (actor, args) => members.add(actor, args),
      remove_member: (actor, args) => members.remove(actor, args),
      post: (actor, args) => written(actor, "post", args),
      edit: (actor, args) => written(actor, "edit", args),
      delete: (actor, args) => written(actor, "delete", args),
      history: (actor, args) => history({ store, limits }, actor, args),
      list_members: (actor, args) => members.list(actor, args),
      mark: (actor, args) => mark({ store, clock, committer: this.#committer }, actor, args),
      receipts: (actor, args) => receipts(store, actor, args),
      people: (actor, args) => this.people.list(actor, args),
      find_people: (actor, args) => this.people.find(actor, args),
      update_profile: (actor, args) => this.people.update(actor, args),
      set_password: (actor, args) => this.access.setPassword(actor, args),
      sign_out: (actor, args) => this.access.signOut(actor, args),
      block: (actor, args) => blocks.block(actor, args),
      unblock: (actor, args) => blocks.unblock(actor, args),
      blocks: (actor, args) => blocks.list(actor, args),
      delete_account: (actor, args) => deleteAccount(keyed, actor, args),
    };
  }
}
