import type { Args, CommandName, Receipt, Result } from "@parley/protocol/commands";
import type { ConversationId, Key, Seq, Time, UserId } from "@parley/protocol/ids";
import type { Page } from "@parley/protocol/messages";
import type { Vault, VaultState } from "./vault/vault.ts";
import type { Conversation, ConversationView, Line, Person, Timeline, WireLimits } from "./views.ts";

/** Everything that a client takes from its surroundings; every part has a default for browsers, Bun and Node. */
export interface ClientOptions {
  /** Address of the server, such as `http://localhost:8000`. */
  url: string;
  /** Name to hold on first sign-in, with `secret` as its token. */
  name?: string;
  /** A token from an earlier sign-in. */
  token?: string;
  /** Where the token and the outbox outlive the process. Default: memory. */
  keep?: Keep;
  /** Where a copy of the replica and of the outbox outlives the process. Default: nowhere. */
  vault?: Vault;
  WebSocket?: typeof WebSocket;
  clock?: ClientClock;
  /** What the device says about its network. Default: the browser's word; elsewhere it is always there. */
  network?: Network;
  /** Calls back when this may be the last moment of the process. Default: when the page is hidden or left. */
  leaving?: (call: () => void) => void;
  /** 0 ≤ x < 1, for back-off. */
  random?: () => number;
  /** Keys and secrets: so many random characters of [A-Za-z0-9_-]. */
  randomKey?: (length: number) => string;
}

export interface ClientClock {
  now(): number;
  /** Calls back once after `ms`; the result cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Whether the device has a network. The result of `listen` stops listening. */
export interface Network {
  online(): boolean;
  listen(changed: () => void): () => void;
}

/** A small durable place for strings, such as localStorage. */
export interface Keep {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}

/**
 * One person's connection to one Parley server, and a replica of what they may read.
 * Views are immutable: the same object until something in them changed.
 */
export interface Client {
  readonly line: Line;
  readonly me: Person | null;
  readonly limits: WireLimits;
  /** What became of the vault. */
  readonly vault: VaultState;
  /** Calls back after every change, once a turn. The result unsubscribes. */
  subscribe(changed: () => void): () => void;

  /**
   * Holds `name` with a new token, or goes on with the kept one; with a password, signs in to the account that has this
   * shown or unique name. Resolves once the server said who this is; rejects with ChatError.
   */
  signIn(name?: string, password?: string): Promise<Person>;
  /** Forgets token and replica, and closes the line. Where there is one, a member's token ends on the server, too. */
  signOut(): void;
  /** Ends every token of this person, so that they are signed out on all devices, and then forgets everything here. */
  signOutEverywhere(): Promise<void>;
  /** Sets one's password, another one with the `old`: from then on one is a member and can sign in elsewhere. */
  setPassword(password: string, old?: string): Promise<Person>;
  /** Opens the line, and keeps it open. Does nothing when it is open. */
  connect(): void;
  /** Closes the line without forgetting anything. */
  disconnect(): void;
  /** Ends a wait for the next attempt. */
  tryNow(): void;

  /** Every conversation one is in (inbox left out), newest first. */
  conversations(): readonly ConversationView[];
  conversation(id: ConversationId): ConversationView | undefined;
  timeline(id: ConversationId): Timeline;
  /** Undefined while the server is being asked. */
  person(id: UserId): Person | undefined;
  /**
   * When one's own newest message of this state came so far, to everybody: null where that was not kept, undefined
   * while the server is being asked.
   */
  reachedAt(conversation: ConversationId, state: "delivered" | "read"): Time | null | undefined;

  /** Did one block this person? Undefined while the server is being asked. */
  hasBlocked(user: UserId): boolean | undefined;

  /** Queues a message; it is sent once, now or when there is a line. Resolves when it is in the log. */
  post(conversation: ConversationId, text: string): { key: Key; sent: Promise<Receipt> };
  /** Sends a failed message again under its key. */
  retry(key: Key): void;
  /** Drops a failed or waiting message. */
  discard(key: Key): void;
  edit(conversation: ConversationId, target: Seq, text: string): Promise<Receipt>;
  delete(conversation: ConversationId, target: Seq): Promise<Receipt>;

  createRoom(room: { name: string; topic?: string; visibility?: "public" | "private" }): Promise<Conversation>;
  join(conversation: ConversationId): Promise<Conversation>;
  leave(conversation: ConversationId): Promise<Receipt>;
  openDirect(user: UserId): Promise<Conversation>;
  /** From now on nothing passes in the direct of oneself and this person, either way. */
  block(user: UserId): Promise<Receipt>;
  unblock(user: UserId): Promise<Receipt>;
  createGroup(members: readonly UserId[], name?: string): Promise<Conversation>;
  /** Any command of the protocol, with a key where it needs one. Sent again after a lost line until it is answered. */
  call<C extends CommandName>(command: C, args: Omit<Args<C>, "key">): Promise<Result<C>>;

  /** Loads the newest page when nothing is held, else the page before the oldest contiguous row. */
  loadOlder(conversation: ConversationId, limit?: number): Promise<Page | null>;
  /** Loads a hole, from its newer end, one page a call. */
  fill(conversation: ConversationId, from: Seq, to: Seq): Promise<void>;
  /** All up to `seq` was seen. Reported lazily, at most once a second. */
  markRead(conversation: ConversationId, seq: Seq): void;
  /** Says that this person is writing; again at most every 3 s, and taken back by `false` or silence. */
  typing(conversation: ConversationId, active: boolean): void;
  /** The conversations on the screen: presence and typing are heard there. Replaces the earlier list. */
  look(conversations: readonly ConversationId[]): void;
}
