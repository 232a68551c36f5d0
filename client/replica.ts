import type { Conversation } from "@parley/protocol/conversations";
import type { Entry } from "@parley/protocol/entries";
import type { ServerFrame, ServerFrameOf } from "@parley/protocol/frames";
import type { ConversationId, Epoch, Seq, Time, UserId } from "@parley/protocol/ids";
import { Log } from "./log.ts";
import { Logs } from "./logs.ts";
import { type Followed, Mending } from "./mending.ts";
import { MissedHeads } from "./missed-heads.ts";
import { Standing, type StandingTies } from "./standing.ts";
import type { Person } from "./views.ts";

/** What the replica tells to, and needs from, the rest of the client. */
export interface ReplicaTies extends StandingTies {
  now(): Time;
  follow(log: Log, answered: (followed: Followed) => void): void;
  /** An entry of one's own, with the key of its command. */
  echoed(conversation: ConversationId, entry: Entry): void;
  /** Somebody's message. */
  spoke(conversation: ConversationId, author: UserId): void;
  /** A conversation flows from now on. */
  introduced(conversation: ConversationId): void;
  /** A hole may have swallowed one's own echoes. */
  holed(conversation: ConversationId): void;
  met(people: readonly Person[]): void;
  /** Null: any of them. */
  changed(conversation: ConversationId | null): void;
}

type MarksSignal = Extract<ServerFrame, { t: "marks" }>;

/** Every log that this person may read, as far as it was heard: nothing twice, nothing out of order, no gap unseen. */
export class Replica {
  readonly #ties: ReplicaTies;
  readonly logs = new Logs();
  readonly #missed = new MissedHeads();
  readonly #mending: Mending;
  readonly #standing: Standing;
  /** Logs of memberships that ended as far as was heard: one may have been added again since. */
  readonly #ended = new Set<Log>();
  #caughtUp = false;
  epoch: Epoch | null = null;
  inbox: ConversationId | null = null;

  constructor(ties: ReplicaTies) {
    this.#ties = ties;
    this.#standing = new Standing(ties);
    this.#mending = new Mending({
      follow: (log, answered) => ties.follow(log, answered),
      brought: (log, to) => this.#brought(log, to),
      refused: (log, forGood) => {
        if (forGood && this.logs.holds(log)) this.drop(log.id);
        else ties.changed(log.id);
      },
    });
  }

  /** Begins with what was kept. */
  restore(kept: { epoch: Epoch; inbox: ConversationId; logs: readonly Log[] }): void {
    this.epoch = kept.epoch;
    this.inbox = kept.inbox;
    for (const log of kept.logs) this.logs.put(log);
    this.#ties.changed(null);
  }

  /** How many entries are known to be missing, and whether any are being asked for. */
  behind(): { entries: number; mending: boolean } {
    return { entries: this.logs.missing(), mending: this.#mending.busy };
  }

  /** Forgets everything. */
  clear(): void {
    this.logs.clear();
    this.#missed.clear();
    this.#mending.clear();
    this.#ended.clear();
    this.epoch = null;
    this.#ties.changed(null);
  }

  lost(): void {
    this.#mending.clear();
    this.#caughtUp = false;
  }

  receive(frame: ServerFrame): void {
    switch (frame.t) {
      case "welcome":
        return this.#welcome(frame);
      case "conversation":
        return this.#introduce(frame);
      case "entries":
        return this.#take(frame);
      case "resync":
        return this.#resync(frame);
      case "hidden":
        return this.#hide(frame);
      case "gone":
        return this.drop(frame.conversation);
      case "caught_up":
        return this.#catchUp(frame);
      case "beat":
        return this.#beat(frame);
      case "marks":
        return this.#marks(frame);
    }
  }

  /** Holds a conversation that an answer told of, where it is not held yet. */
  adopt(conversation: Conversation): void {
    const log = this.logs.get(conversation.id);
    if (log) log.renew(conversation, this.#ties.me());
    else this.logs.put(new Log(conversation));
    this.#ties.changed(conversation.id);
  }

  /**
   * One's own leaving stands at `seq`. A late answer may be about an earlier membership: what was heard since, or is
   * being asked for, says whether there is another one.
   */
  left(id: ConversationId, seq: Seq): void {
    const log = this.logs.get(id);
    if (log && log.cursor.seq < seq && !this.#mending.has(log)) this.drop(id);
  }

  drop(id: ConversationId): void {
    const log = this.logs.get(id);
    if (!log || id === this.inbox) return;
    this.logs.delete(id);
    this.#missed.forget(id);
    this.#mending.forget(log);
    this.#ended.delete(log);
    this.#ties.changed(id);
  }

  #welcome({ epoch, inbox, beat }: ServerFrameOf<"welcome">): void {
    if (this.epoch !== null && this.epoch !== epoch) this.clear();
    this.epoch = epoch;
    this.inbox = inbox;
    this.#missed.every = beat;
  }

  #introduce({ conversation, people }: ServerFrameOf<"conversation">): void {
    this.#ties.met(people);
    const log = this.logs.get(conversation.id);
    if (!log || log.low === log.next) {
      const fresh = new Log(conversation);
      if (log) fresh.moveOwn(log.summary.delivered, log.summary.read, this.#ties.me());
      this.logs.put(fresh);
      if (log && conversation.head >= log.next) this.#ties.holed(conversation.id);
    } else {
      log.renew(conversation, this.#ties.me());
      if (conversation.head >= log.next) this.#mending.mend(log);
    }
    this.#delivered(conversation.id);
    this.#ties.introduced(conversation.id);
    this.#ties.changed(conversation.id);
  }

  #take({ conversation, entries }: ServerFrameOf<"entries">): void {
    const log = this.logs.get(conversation);
    if (!log) return this.#hearEchoes(conversation, entries);
    for (const entry of entries) {
      const doubtful = log.doubtful(entry, this.#ties.me());
      const taken = log.take(entry, this.#ties.me());
      if (taken === "gap") this.#mending.mend(log);
      if (taken !== "next") continue;
      if (doubtful) log.uncertain = true;
      this.#heed(log, entry);
    }
    this.#recount(log);
    if (this.#caughtUp && !this.#mending.has(log)) this.#dropEnded(log);
    if (log.stale && this.#caughtUp) this.#mending.mend(log);
    this.#delivered(conversation);
    this.#ties.changed(conversation);
  }

  /** Asks for counts that are uncertain; before `caught_up` the server may still tell them by itself. */
  #recount(log: Log): void {
    if (this.#caughtUp && this.logs.has(log.id)) this.#standing.recount(log);
  }

  /** What one wrote just before leaving is answered when the conversation is not held any more. */
  #hearEchoes(conversation: ConversationId, entries: readonly Entry[]): void {
    for (const entry of entries) if (entry.author === this.#ties.me()) this.#ties.echoed(conversation, entry);
  }

  /** What an entry means beyond its own log. */
  #heed(log: Log, entry: Entry): void {
    const me = this.#ties.me();
    if (entry.author === me) this.#ties.echoed(log.id, entry);
    switch (entry.kind) {
      case "message":
        this.#ties.spoke(log.id, entry.author);
        break;
      case "left":
        if (entry.body.user === me) this.#ended.add(log);
        break;
      case "joined":
        if (entry.body.user === me) this.#ended.delete(log);
        break;
      case "profiled":
        this.#ties.met([entry.body.person]);
        break;
      case "closed":
        this.drop(log.id);
        break;
      case "removed":
        this.#doubt(entry.body.conversation);
        break;
      case "dissolved":
        this.drop(entry.body.conversation);
        break;
    }
  }

  /** The inbox may tell late of a membership that ended: only the server knows whether another one began. */
  #doubt(id: ConversationId): void {
    const log = this.logs.get(id);
    // Before `caught_up` the server says by itself what is gone.
    if (!log || !this.#caughtUp) return;
    log.stale = true;
    this.#mending.mend(log);
  }

  /** Where a hole follows the end, the summary that is being asked for says whether another membership began in it. */
  #dropEnded(log: Log): void {
    if (this.#ended.has(log) && log.summary.role === null && !log.stale) this.drop(log.id);
  }

  #resync({ conversation, from, head, check, reset }: ServerFrameOf<"resync">): void {
    const log = this.logs.get(conversation);
    if (!log) return;
    if (reset) this.logs.set(conversation, log.restarted(from, check));
    else log.skipTo(from, check);
    const now = this.logs.get(conversation) as Log;
    now.head = Math.max(now.head, head);
    this.#ties.holed(conversation);
    this.#ties.changed(conversation);
  }

  #hide({ conversation, from, to }: ServerFrameOf<"hidden">): void {
    const log = this.logs.get(conversation);
    if (!log) return;
    if (!log.hide(from, to)) this.#mending.mend(log);
    this.#ties.changed(conversation);
  }

  #catchUp({ own, marks }: ServerFrameOf<"caught_up">): void {
    this.#caughtUp = true;
    for (const told of own) {
      const log = this.logs.get(told.conversation);
      if (!log) continue;
      log.endsAt(told.as_of);
      this.#missed.endsAt(log.id, log.head);
      this.#standing.begin(log, told);
    }
    for (const { conversation, marks: others } of marks) this.logs.get(conversation)?.moveOthers(others);
    for (const log of this.logs.shown()) {
      this.#dropEnded(log);
      this.#recount(log);
      this.#delivered(log.id);
      if (log.stale) this.#mending.mend(log);
    }
    this.#ties.changed(null);
  }

  /** A head that stays unseen from one beat to the next was missed. */
  #beat({ heads }: ServerFrameOf<"beat">): void {
    for (const log of this.#missed.beat(heads, this.logs, this.#ties.now())) this.#mending.mendAgain(log);
    if (this.#caughtUp) this.#mending.beat(this.logs.values());
  }

  #marks({ conversation, marks, head }: MarksSignal): void {
    const log = this.logs.get(conversation);
    if (!log) return;
    this.#standing.moved(log, marks);
    this.#missed.note(log, head, this.#ties.now());
    this.#ties.changed(conversation);
  }

  /** Before `caught_up` nobody is told that anything arrived. */
  #delivered(id: ConversationId): void {
    const log = this.logs.get(id);
    if (log && this.#caughtUp) this.#standing.delivered(log);
  }

  #brought(log: Log, to: Conversation): void {
    if (!this.logs.holds(log)) return;
    if (log.summary.role !== null && to.role === null) this.#ended.add(log);
    log.renew(to, this.#ties.me());
    this.#dropEnded(log);
    this.#ties.changed(log.id);
  }
}
