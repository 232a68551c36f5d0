import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import { reachedBy } from "./fold.ts";
import type { Log } from "./log.ts";
import type { Logs } from "./logs.ts";
import type { Looks } from "./looks.ts";
import type { Outbox } from "./outbox.ts";
import type { ConversationView, MessageState, Row, Timeline } from "./views.ts";

export interface SightsParts {
  logs: Logs;
  outbox: Outbox;
  looks: Looks;
  loading(conversation: ConversationId): boolean;
  me(): UserId;
}

const NO_ROWS: readonly Row[] = Object.freeze([]);

/** Views of what is held: immutable, and the same object until something in them changed. */
export class Sights {
  readonly #parts: SightsParts;
  readonly #conversations = new Map<ConversationId, ConversationView>();
  readonly #timelines = new Map<ConversationId, Timeline>();
  readonly #rows = new Map<ConversationId, { log: Log; revision: number; hole: string; rows: readonly Row[] }>();
  readonly #dirtyConversations = new Set<ConversationId>();
  readonly #dirtyTimelines = new Set<ConversationId>();
  #list: readonly ConversationView[] = [];
  #listDirty = true;

  constructor(parts: SightsParts) {
    this.#parts = parts;
  }

  /** Something in this conversation changed; null: in any of them. */
  changed(conversation: ConversationId | null): void {
    this.#listDirty = true;
    const ids = conversation === null ? [...this.#conversations.keys(), ...this.#timelines.keys()] : [conversation];
    for (const id of ids) {
      this.#dirtyConversations.add(id);
      this.#dirtyTimelines.add(id);
    }
  }

  list(): readonly ConversationView[] {
    if (!this.#listDirty) return this.#list;
    this.#listDirty = false;
    const all = this.#parts.logs.shown().filter((log) => log.summary.role !== null);
    const views = all.map((log) => this.conversation(log.id) as ConversationView);
    views.sort((one, other) => other.latest - one.latest || other.id - one.id);
    if (!sameItems(views, this.#list)) this.#list = Object.freeze(views);
    return this.#list;
  }

  conversation(id: ConversationId): ConversationView | undefined {
    const known = this.#conversations.get(id);
    if (known && !this.#dirtyConversations.delete(id)) return known;
    const log = this.#parts.logs.get(id);
    if (!log) {
      this.#conversations.delete(id);
      return undefined;
    }
    const view = kept(known, this.#conversationOf(log));
    this.#conversations.set(id, view);
    return view;
  }

  timeline(id: ConversationId): Timeline {
    const known = this.#timelines.get(id);
    if (known && !this.#dirtyTimelines.delete(id)) return known;
    this.#dirtyTimelines.delete(id);
    const view = kept(known, this.#timelineOf(id, known));
    this.#timelines.set(id, view);
    return view;
  }

  #conversationOf(log: Log): ConversationView {
    const { outbox, looks } = this.#parts;
    const waiting = outbox.pending(log.id).filter((pending) => pending.is !== "failed").length;
    return Object.freeze({
      ...log.summary,
      head: log.cursor.seq,
      check: log.cursor.check,
      unread: log.unread.unread,
      mentions: log.unread.mentions,
      partner: this.#partner(log),
      latest: log.latest,
      waiting,
      here: looks.here(log.id),
      typing: looks.typing(log.id),
    });
  }

  #partner({ summary }: Log): UserId | null {
    if (summary.kind !== "direct") return null;
    const me = this.#parts.me();
    const other = summary.marks.find((mark) => mark.user !== me);
    return other?.user ?? summary.marks[0]?.user ?? null;
  }

  #timelineOf(id: ConversationId, known: Timeline | undefined): Timeline {
    const log = this.#parts.logs.get(id);
    if (!log) this.#rows.delete(id);
    const loadingOlder = this.#parts.loading(id);
    const reached = log ? reachedIn(log, this.#parts.me()) : NOTHING_REACHED;
    return Object.freeze({
      rows: log ? this.#rowsOf(log, loadingOlder) : NO_ROWS,
      pending: this.#parts.outbox.pending(id),
      complete: log?.complete ?? false,
      loadingOlder,
      head: log?.head ?? 0,
      reached: known ? kept(known.reached, reached) : reached,
    });
  }

  #rowsOf(log: Log, loading: boolean): readonly Row[] {
    const hole = log.holeFrom === null ? "" : `${log.holeFrom}-${log.low}-${loading}`;
    const known = this.#rows.get(log.id);
    if (known?.log === log && known.revision === log.revision && known.hole === hole) return known.rows;
    const items: Row[] = log.held.map(({ item }) => item);
    if (log.holeFrom !== null) {
      const [from, to] = [log.holeFrom, log.low - 1];
      items.unshift(Object.freeze({ kind: "hole", from, to, count: to - from + 1, loading }));
    }
    const rows = Object.freeze(items);
    this.#rows.set(log.id, { log, revision: log.revision, hole, rows });
    return rows;
  }
}

const NOTHING_REACHED: Record<MessageState, Seq> = Object.freeze({ sent: 0, delivered: 0, read: 0 });

function reachedIn(log: Log, me: UserId): Record<MessageState, Seq> {
  const { kind, marks } = log.summary;
  if (kind === "room" || kind === "inbox") return NOTHING_REACHED;
  const { delivered, read } = reachedBy(marks, me);
  const reached = { sent: 0, delivered: 0, read: 0 };
  for (let at = log.held.length - 1; at >= 0 && reached.read === 0; at--) {
    const item = log.held[at]?.item;
    if (item?.kind !== "message" || item.author !== me) continue;
    reached.sent ||= item.seq;
    if (item.seq <= delivered) reached.delivered ||= item.seq;
    if (item.seq <= read) reached.read = item.seq;
  }
  return Object.freeze(reached);
}

/** The earlier object, where the new one says the same. */
function kept<T extends object>(was: T | undefined, now: T): T {
  if (!was) return now;
  const keys = Object.keys(now) as (keyof T)[];
  return keys.every((key) => was[key] === now[key]) ? was : now;
}

function sameItems(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}
