import { cursorCheck } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import {
  type ConversationId,
  type EntryId,
  FIRST_NATIVE_USER,
  type Key,
  type Seq,
  type Time,
  type UserId,
} from "@parley/protocol/ids";
import type { Opening } from "../../core/commit.ts";
import type { ConversationRow, MemberRow, User } from "../../core/rows.ts";

/** A time in which somebody was a member. */
export interface Span {
  from: Seq;
  to: Seq | null;
}

/** One conversation with everything that belongs to it. The entry with seq n is `entries[n - 1]`. */
export interface Log {
  row: ConversationRow;
  entries: Entry[];
  /** Author and key of those entries that claim their key, with the digest of their command. */
  claims: Map<string, { seq: Seq; digest: number }>;
  members: Map<UserId, MemberRow>;
  spans: Map<UserId, Span[]>;
  moves: Map<UserId, Record<"delivered" | "read", Move[]>>;
}

/** A mark went from `past` to `seq`. */
export interface Move {
  past: Seq;
  seq: Seq;
  time: Time;
}

/** Who holds a look, by their shown name, their handle or both. */
export interface Holding {
  user: UserId;
  byHandle: boolean;
}

/** Everything that a store keeps. */
export class State {
  readonly logs = new Map<ConversationId, Log>();
  readonly directs = new Map<string, ConversationId>();
  readonly users = new Map<UserId, User>();
  readonly tokens = new Map<string, { user: UserId; used: number }>();
  /** Their hashes. */
  readonly passwords = new Map<UserId, string>();
  /** Whom somebody blocked. */
  readonly blocks = new Map<UserId, Set<UserId>>();
  readonly holdings = new Map<string, Holding>();
  owner: UserId | null = null;
  ownershipSecret: string | null = null;
  house: User | null = null;
  /** Open people by their exact names. */
  readonly openNames = new Map<string, UserId>();
  #entries: EntryId = 0;
  /** So many ids from 1,000,000 up were given. */
  #numbers = 0;

  log(id: ConversationId): Log {
    const log = this.logs.get(id);
    if (!log) throw new Error(`There is no conversation ${id}.`);
    return log;
  }

  /** For readers: a conversation that does not exist reads as an empty one. */
  read(id: ConversationId): Log {
    return this.logs.get(id) ?? emptyLog(id, NOTHING, 0);
  }

  nextEntry(): EntryId {
    return ++this.#entries;
  }

  nextUser(): UserId {
    return FIRST_NATIVE_USER + this.#numbers++;
  }

  /** Makes an empty conversation. */
  open(opening: Opening, created: Time): Log {
    const id = this.logs.size + 1;
    const log = emptyLog(id, opening, created);
    this.logs.set(id, log);
    if (opening.pair) this.directs.set(opening.pair.join(), id);
    return log;
  }
}

/** What a claimed key is found by. */
export function claimOf(author: UserId, key: Key): string {
  return `${author}:${key}`;
}

/** Puts the next entry at the end of a log. */
export function append(log: Log, entry: Entry): void {
  log.entries.push(entry);
  log.row.head = entry.seq;
  log.row.check = cursorCheck(entry.author, entry.key);
}

const NOTHING: Opening = { kind: "room", name: null, topic: null, visibility: "private", owner: null };

function emptyLog(id: ConversationId, opening: Opening, created: Time): Log {
  const { kind, name, topic, visibility, owner } = opening;
  return {
    row: {
      ...{ id, kind, name, topic, visibility, owner, head: 0, check: 0, created },
      ...{ members: 0, messages: 0, closed: false, moved: 0 },
    },
    entries: [],
    claims: new Map(),
    members: new Map(),
    spans: new Map(),
    moves: new Map(),
  };
}
