import type { Args, CommandName, Result } from "@parley/protocol/commands";
import type { ChatError } from "@parley/protocol/errors";
import type { ServerFrame, ServerFrameOf } from "@parley/protocol/frames";
import type { ConversationId } from "@parley/protocol/ids";
import { Blocks } from "./blocks.ts";
import { Calls } from "./calls.ts";
import { Changes } from "./changes.ts";
import type { ClientOptions } from "./client.ts";
import { Connection, isAboutNames } from "./connection.ts";
import { Identity } from "./identity.ts";
import type { Log } from "./log.ts";
import { Looks } from "./looks.ts";
import { Marks, type Report } from "./marks.ts";
import { type Followed, followedOf } from "./mending.ts";
import { Outbox } from "./outbox.ts";
import { Pages } from "./pages.ts";
import { People } from "./people.ts";
import { Receipts } from "./receipts.ts";
import { Replica, type ReplicaTies } from "./replica.ts";
import { Session } from "./session.ts";
import { Sights } from "./sights.ts";
import { type Surroundings, surroundingsOf } from "./surroundings.ts";
import type { Content } from "./vault/content.ts";
import { Custody } from "./vault/custody.ts";
import type { Conversation, Person } from "./views.ts";

/** The parts of a client, each tied to those that it needs: what is heard goes from here to whom it concerns. */
export class Engine {
  readonly around: Surroundings;
  readonly changes = new Changes();
  readonly identity: Identity;
  readonly session = new Session();
  readonly connection: Connection;
  readonly calls: Calls;
  readonly people: People;
  readonly blocks: Blocks;
  readonly looks: Looks;
  readonly replica: Replica;
  readonly marks: Marks;
  readonly outbox: Outbox;
  readonly pages: Pages;
  readonly sights: Sights;
  readonly receipts: Receipts;
  /** Null where nothing is to outlive the process. */
  readonly custody: Custody | null;

  constructor(options: ClientOptions) {
    this.around = surroundingsOf(options);
    const { clock, random, keep, randomKey } = this.around;
    const { token, name } = options;
    this.identity = new Identity({ keep, randomKey, ...(token && { token }), ...(name && { name }) });
    this.connection = new Connection(this.around, this.#lineTies());
    this.calls = new Calls({ clock, random, send: (frame) => this.connection.send(frame) });
    this.people = new People({ ask: (ids) => this.call("people", { ids }), changed: () => this.changed(null) });
    this.blocks = new Blocks({
      ask: (page) => this.call("blocks", page),
      changed: () => this.changes.happened(),
    });
    this.looks = new Looks({
      clock,
      say: (command) => this.calls.once(command, () => {}) !== null,
      known: (conversation) => this.replica.logs.get(conversation) !== undefined,
      me: () => this.session.id,
      changed: (conversation) => this.changed(conversation),
    });
    this.replica = new Replica(this.#replicaTies());
    this.marks = this.#newMarks();
    this.outbox = this.#newOutbox();
    this.pages = new Pages({
      logs: this.replica.logs,
      ask: (args) => this.calls.ask("history", args),
      met: (people) => this.people.met(people),
      changed: (conversation) => this.changed(conversation),
    });
    const loading = (conversation: ConversationId) => this.pages.loading(conversation);
    const { outbox, looks } = this;
    const { logs } = this.replica;
    this.sights = new Sights({ logs, outbox, looks, loading, me: () => this.session.id });
    this.receipts = new Receipts({
      log: (conversation) => logs.get(conversation),
      reached: (conversation) => this.sights.timeline(conversation).reached,
      ask: (conversation, seq) => this.calls.ask("receipts", { conversation, seq }),
      changed: (conversation) => this.changed(conversation),
    });
    this.custody = this.#newCustody();
  }

  /** Something that a person sees changed. */
  changed(conversation: ConversationId | null): void {
    this.sights?.changed(conversation);
    this.custody?.changed(conversation);
    this.changes.happened();
  }

  /** Asks, and takes in what the answer says beside answering. */
  async call<C extends CommandName>(command: C, args: Args<C>): Promise<Result<C>> {
    const result = await this.calls.ask(command, args);
    if ("people" in result) this.people.met(result.people as Person[]);
    if ("conversation" in result && typeof result.conversation === "object") {
      this.replica.adopt(result.conversation as Conversation);
      this.looks.arrived((result.conversation as Conversation).id);
    }
    if (command === "unfollow") this.#unfollowed((args as Args<"unfollow">).conversation);
    if ("person" in result) this.#renamed(result.person as Person);
    return result;
  }

  /** Reports one's own marks, unless they are reported already. */
  report(log: Log, news: Partial<Report>): void {
    if (log.summary.role !== null) this.marks.report(log.id, news);
  }

  /** Forgets who this is, and everything that they could see. */
  forget(error: ChatError): void {
    this.session.forget(error);
    this.identity.forget();
    this.calls.abandon(error);
    this.outbox.clear();
    this.marks.clear();
    this.looks.clear();
    this.people.clear();
    this.blocks.clear();
    this.replica.clear();
    this.custody?.clear();
  }

  #lineTies() {
    return {
      preparing: () => this.custody?.reading ?? null,
      hello: () => this.identity.hello(this.replica.epoch, this.replica.logs.cursors()),
      receive: (frame: ServerFrame) => this.#receive(frame),
      riding: () => this.marks.riding(),
      lost: () => this.#lost(),
      refused: (error: ChatError) => this.#refused(error),
      proving: () => this.identity.proving,
      behind: () => this.replica.behind(),
      changed: () => this.changes.happened(),
    };
  }

  #replicaTies(): ReplicaTies {
    return {
      now: () => this.around.clock.now(),
      me: () => this.session.id,
      follow: (log, answered) => this.#follow(log, answered),
      echoed: (conversation, entry) => {
        this.blocks.heard(entry);
        this.outbox.echoed(conversation, entry);
      },
      spoke: (conversation, author) => this.looks.wrote(conversation, author),
      holed: (conversation) => {
        if (conversation === this.replica.inbox) this.blocks.doubt();
        this.outbox.again(conversation);
      },
      introduced: (conversation) => this.looks.arrived(conversation),
      report: (log, news) => this.report(log, news),
      met: (people) => {
        this.people.met(people);
        this.session.met(people);
      },
      changed: (conversation) => {
        if (conversation !== null) this.outbox.heard(conversation);
        this.changed(conversation);
      },
    };
  }

  #newMarks(): Marks {
    return new Marks({
      clock: this.around.clock,
      calls: this.calls,
      up: () => this.connection.up,
      send: (frame) => void this.connection.send(frame),
      known: (conversation) => this.replica.logs.get(conversation)?.summary ?? { delivered: 0, read: 0 },
      answered: (conversation, { delivered, read, unread, mentions, as_of }) => {
        const log = this.replica.logs.get(conversation);
        log?.moveOwn(delivered, read, this.session.id);
        log?.count({ read, unread, mentions, asOf: as_of });
        this.changed(conversation);
      },
    });
  }

  #newOutbox(): Outbox {
    const { clock, random, keep } = this.around;
    return new Outbox({
      clock,
      random,
      keep,
      calls: this.calls,
      limits: () => this.session.limits,
      saved: (drafts) => this.custody?.drafts(drafts),
      heardUpTo: (conversation) => this.replica.logs.get(conversation)?.cursor.seq ?? Number.POSITIVE_INFINITY,
      cut: () => this.connection.cut(),
      changed: (conversation) => this.changed(conversation),
    });
  }

  #newCustody(): Custody | null {
    const { vault, keep, clock, leaving } = this.around;
    if (!vault) return null;
    return new Custody({
      ...{ vault, keep, clock, leaving, replica: this.replica },
      owner: () => (this.identity.refused ? null : this.identity.owner),
      me: () => this.session.me,
      people: () => this.people.all(),
      heardAt: () => this.connection.heardAt,
      restored: (content) => this.#restored(content),
      changed: () => this.changes.happened(),
    });
  }

  #restored({ replica, people, drafts }: Content): void {
    if (replica) {
      this.session.me = replica.me;
      this.people.met([...people, replica.me]);
      this.replica.restore(replica);
      this.connection.wasHeard(replica.heardAt);
    }
    this.outbox.restore(drafts.map(({ draft }) => draft));
    this.changed(null);
  }

  #receive(frame: ServerFrame): void {
    switch (frame.t) {
      case "welcome":
        return this.#welcome(frame);
      case "ok":
      case "error":
        return this.calls.receive(frame);
      case "presence":
      case "typing":
        return this.looks.receive(frame);
      case "marks":
        return this.receipts.heard(frame, () => this.replica.receive(frame));
      default:
        this.replica.receive(frame);
    }
  }

  #welcome(frame: ServerFrameOf<"welcome">): void {
    if (this.identity.refused) this.outbox.clear();
    if (this.session.me && this.session.me.id !== frame.you.id) this.#becameAnother();
    this.session.welcomed(frame);
    this.identity.confirmed();
    this.people.met([frame.you]);
    this.replica.receive(frame);
    this.calls.resend();
    this.outbox.resend();
    this.looks.resume();
    this.marks.resume();
    this.changed(null);
  }

  /** What was held, wanted and written belongs to somebody else. */
  #becameAnother(): void {
    this.outbox.clear();
    this.marks.clear();
    this.blocks.clear();
    this.replica.clear();
  }

  #lost(): void {
    this.calls.lost();
    this.marks.lost();
    this.outbox.lost();
    this.looks.lost();
    this.replica.lost();
  }

  #refused(error: ChatError): void {
    if (error.code === "bad_token") {
      this.identity.refused = true;
      this.calls.abandon(error);
      // Whoever may not come in any more has nothing more to read here either.
      this.custody?.clear();
    }
    if (isAboutNames(error.code)) this.identity.nameRefused();
    this.session.refused(error);
  }

  #follow(log: Log, answered: (followed: Followed) => void): void {
    const { seq, check } = log.cursor;
    const command = { t: "follow", conversation: log.id, seq, check } as const;
    if (this.calls.once(command, (answer) => answered(followedOf(answer))) === null) answered(null);
  }

  #unfollowed(conversation: ConversationId): void {
    if (this.replica.logs.get(conversation)?.summary.role === null) this.replica.drop(conversation);
  }

  #renamed(person: Person): void {
    this.session.met([person]);
    this.people.met([person]);
  }
}
