import type { ConversationKind, Visibility } from "@parley/protocol/conversations";
import type { Entry, EntryOf } from "@parley/protocol/entries";
import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import { type Committed, type MarkMove, NEW, type Write } from "@parley/server/core/commit";

/** One membership, until `to`. */
interface Span {
  from: Seq;
  to: Seq | null;
}

interface Standing {
  joined: Seq;
  delivered: Seq;
  read: Seq;
}

/** One log as it must be, added up from what the store answered. */
export interface TrueLog {
  id: ConversationId;
  kind: ConversationKind;
  visibility: Visibility;
  name: string | null;
  owner: UserId | null;
  closed: boolean;
  entries: Entry[];
  members: Map<UserId, Standing>;
  spans: Map<UserId, Span[]>;
  /** Messages that were deleted, and the last edit of each. */
  deleted: Set<Seq>;
  edits: Map<Seq, EntryOf<"edited">>;
}

/** What is durable, kept by the simulation itself: nothing here is asked of the code that is being tested. */
export class Truth {
  readonly logs = new Map<ConversationId, TrueLog>();
  readonly #wrong: (what: string) => void;
  readonly #keys = new Set<string>();

  constructor(wrong: (what: string) => void) {
    this.#wrong = wrong;
  }

  /** Somebody's inbox is there. */
  enrolled(user: UserId, inbox: ConversationId): void {
    if (this.logs.has(inbox)) return;
    const log = this.#log(inbox, "inbox", "private", null, user);
    log.members.set(user, { joined: 0, delivered: 0, read: 0 });
    log.spans.set(user, [{ from: 1, to: null }]);
  }

  /** One commit was answered. */
  committed(writes: readonly Write[], { outcomes, moved }: Committed): void {
    writes.forEach((write, at) => {
      const outcome = outcomes[at];
      if (outcome?.is !== "written") return;
      const { open } = write;
      if (open && outcome.opened !== null) this.#log(outcome.opened, open.kind, open.visibility, open.name, open.owner);
      outcome.logged.forEach(({ conversation, entry }, position) => {
        if (conversation === NEW) this.#wrong("an entry stands in no conversation");
        this.#append(conversation, entry);
        if (position === 0) this.#claim(conversation, entry);
      });
    });
    for (const mark of moved) this.#move(mark);
  }

  /** May this person have this entry now? */
  mayRead(user: UserId, conversation: ConversationId, seq: Seq): boolean {
    const log = this.logs.get(conversation);
    if (!log || seq > log.entries.length) return false;
    if (log.kind === "room" && log.visibility === "public") return true;
    const spans = log.spans.get(user) ?? [];
    if (log.kind === "group") return spans.some(({ from, to }) => from <= seq && (to === null || seq <= to));
    const last = spans.at(-1);
    return last !== undefined && (last.to === null || seq <= last.to);
  }

  #log(
    id: ConversationId,
    kind: ConversationKind,
    visibility: Visibility,
    name: string | null,
    owner: UserId | null,
  ): TrueLog {
    if (this.logs.has(id)) this.#wrong(`conversation ${id} was opened twice`);
    const log: TrueLog = {
      ...{ id, kind, visibility, name, owner, closed: false, entries: [] },
      ...{ members: new Map(), spans: new Map(), deleted: new Set(), edits: new Map() },
    };
    this.logs.set(id, log);
    return log;
  }

  #append(conversation: ConversationId, entry: Entry): void {
    const log = this.logs.get(conversation);
    if (!log) return this.#wrong(`an entry stands in conversation ${conversation}, which nobody opened`);
    if (entry.seq !== log.entries.length + 1) {
      this.#wrong(`conversation ${conversation} has ${log.entries.length} entries, and the next is ${entry.seq}`);
    }
    if (log.closed) this.#wrong(`entry ${entry.seq} stands behind the end of conversation ${conversation}`);
    log.entries.push(entry);
    this.#project(log, entry);
  }

  #project(log: TrueLog, entry: Entry): void {
    switch (entry.kind) {
      case "joined": {
        const { user } = entry.body;
        if (log.members.has(user)) return;
        log.members.set(user, { joined: entry.seq, delivered: entry.seq, read: entry.seq });
        log.spans.set(user, [...(log.spans.get(user) ?? []), { from: entry.seq, to: null }]);
        return;
      }
      case "left": {
        const span = log.spans.get(entry.body.user)?.at(-1);
        if (log.members.delete(entry.body.user) && span) span.to = entry.seq;
        return;
      }
      case "renamed":
        log.name = entry.body.name;
        return;
      case "promoted":
        if (entry.body.role === "owner") log.owner = entry.body.user;
        return;
      case "edited":
        log.edits.set(entry.body.target, entry);
        return;
      case "deleted":
        log.deleted.add(entry.body.target);
        return;
      case "closed":
        log.closed = true;
    }
  }

  /** Author and key give one entry for ever, however the store did it. */
  #claim(conversation: ConversationId, { author, key }: Entry): void {
    const claim = `${conversation}/${author}/${key}`;
    if (this.#keys.has(claim)) this.#wrong(`key ${claim} has two entries`);
    this.#keys.add(claim);
  }

  #move({ conversation, user, delivered, read }: MarkMove): void {
    const standing = this.logs.get(conversation)?.members.get(user);
    if (!standing) return this.#wrong(`a mark of ${user} moved in ${conversation}, where they are not`);
    if (delivered < standing.delivered || read < standing.read) {
      this.#wrong(`a mark of ${user} in ${conversation} moved back`);
    }
    Object.assign(standing, { delivered, read });
  }
}
