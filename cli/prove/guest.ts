import { type Client, createClient } from "@parley/client";
import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, Seq } from "@parley/protocol/ids";
import type { Acknowledged, Copy } from "./compare.ts";
import { between, pick, type Random } from "./random.ts";

/** What was acknowledged, and where. */
export type Told = Acknowledged & { conversation: ConversationId };

type Write = Acknowledged["what"];

const PAGE = 100;
/** How many of one's own messages may still be edited or deleted. */
const REMEMBERED = 20;
/** How much of one client may be under way. */
const AT_ONCE = 5;
/** Shares of all steps. Whoever does none of these posts one message. */
const DOES = { burst: 0.05, edit: 0.07, delete: 0.01, read: 0.08, away: 0.01 };

/** One client of a run: a guest of its own who talks, reads, goes away and comes back. */
export class Guest {
  readonly client: Client;
  readonly rooms: ConversationId[] = [];
  readonly told: Told[] = [];
  /** Milliseconds from each post to its echo. */
  readonly latencies: number[] = [];
  readonly refusals: string[] = [];
  reconnects = 0;
  #unanswered: { conversation: ConversationId }[] = [];
  #mine: { conversation: ConversationId; seq: Seq }[] = [];
  #order = 0;
  readonly #random: Random;

  constructor(url: string, random: Random) {
    this.#random = random;
    this.client = createClient({ url, random });
    let down = true;
    let first = true;
    this.client.subscribe(() => {
      const { is } = this.client.line;
      if (is !== "live" && is !== "catching_up") down = true;
      if (is !== "live" || !down) return;
      down = false;
      if (!first) this.reconnects += 1;
      first = false;
    });
  }

  get id(): number {
    return this.client.me?.id ?? 0;
  }

  /** Writes on the way whose answer has not come. */
  unanswered(conversation: ConversationId): number {
    return this.#unanswered.filter((one) => one.conversation === conversation).length;
  }

  /** Does things with a pause in between, for as long as it is to go on; not everything waits for an answer. */
  async live(pause: number, goesOn: () => boolean): Promise<void> {
    const underWay = new Set<Promise<void>>();
    await Bun.sleep(this.#random() * pause * 2);
    while (goesOn()) {
      const step = this.#step().finally(() => underWay.delete(step));
      underWay.add(step);
      if (underWay.size >= AT_ONCE) await Promise.race(underWay);
      await Bun.sleep(between(this.#random, 0.5, 1.5) * pause);
    }
    await Promise.all(underWay);
  }

  async #step(): Promise<void> {
    const room = pick(this.#random, this.rooms);
    if (room === undefined) return;
    const mine = pick(this.#random, this.#mine);
    let dice = this.#random();
    const falls = (share: number) => {
      dice -= share;
      return dice < 0;
    };
    if (falls(DOES.burst)) await Promise.all([this.#post(room), this.#post(room), this.#post(room)]);
    else if (falls(DOES.edit) && mine) await this.#edit(mine);
    else if (falls(DOES.delete) && mine) await this.#delete(mine);
    else if (falls(DOES.read)) this.client.markRead(room, this.client.timeline(room).head);
    else if (falls(DOES.away)) await this.#goAway(room);
    else await this.#post(room);
  }

  async #post(conversation: ConversationId): Promise<void> {
    const text = `${this.id}/${this.#order}`;
    const began = performance.now();
    const seq = await this.#write(conversation, { is: "post", text }, this.client.post(conversation, text).sent);
    if (seq === null) return;
    this.latencies.push(performance.now() - began);
    this.#mine = [...this.#mine.slice(1 - REMEMBERED), { conversation, seq }];
  }

  async #edit({ conversation, seq: target }: { conversation: ConversationId; seq: Seq }): Promise<void> {
    const text = `${this.id}/${this.#order} instead of ${target}`;
    await this.#write(conversation, { is: "edit", target, text }, this.client.edit(conversation, target, text));
  }

  async #delete(mine: { conversation: ConversationId; seq: Seq }): Promise<void> {
    this.#mine = this.#mine.filter((other) => other !== mine);
    const { conversation, seq: target } = mine;
    await this.#write(conversation, { is: "delete", target }, this.client.delete(conversation, target));
  }

  /** Leaves with a message on its way, and comes back for its answer. */
  async #goAway(room: ConversationId): Promise<void> {
    const sent = this.#post(room);
    this.client.disconnect();
    await Bun.sleep(between(this.#random, 100, 2000));
    this.client.connect();
    await sent;
  }

  async #write(conversation: ConversationId, what: Write, sent: Promise<{ seq: Seq }>): Promise<Seq | null> {
    const order = this.#order++;
    const waiting = { conversation };
    this.#unanswered.push(waiting);
    try {
      const { seq } = await sent;
      this.told.push({ author: this.id, conversation, order, seq, what });
      return seq;
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      this.refusals.push(`${what.is}: ${error.code}`);
      return null;
    } finally {
      this.#unanswered = this.#unanswered.filter((other) => other !== waiting);
    }
  }

  /** Resolves true once this is so, false when the time is up. */
  until(isSo: () => boolean, ms: number): Promise<boolean> {
    if (isSo()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (so: boolean) => {
        clearTimeout(timer);
        stop();
        resolve(so);
      };
      const timer = setTimeout(() => settle(false), ms);
      const stop = this.client.subscribe(() => isSo() && settle(true));
    });
  }

  /** What this client holds of a room, down to its beginning. */
  async copy(room: ConversationId): Promise<Copy> {
    const { client } = this;
    while (!client.timeline(room).complete && (await client.loadOlder(room, PAGE)));
    const counted = await this.#settledMark(room);
    const items = client.timeline(room).rows.flatMap((row) => (row.kind === "hole" ? [] : [row]));
    const unread = client.conversation(room)?.unread ?? -1;
    return { user: this.id, items, read: counted.read, unread, counted: counted.unread };
  }

  /** The server's word on one's own mark, once reports on the way have arrived. */
  async #settledMark(conversation: ConversationId): Promise<{ read: Seq; unread: number }> {
    for (let wait = 50; ; wait *= 2) {
      const counted = await this.client.call("mark", { conversation });
      if (counted.read === this.client.conversation(conversation)?.read || wait > 3200) return counted;
      await Bun.sleep(wait);
    }
  }
}
