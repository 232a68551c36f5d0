import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import { tellsMarks } from "@parley/protocol/marks";
import type { Item } from "@parley/protocol/messages";
import type { Tab } from "./device.ts";
import type { Written } from "./ledger.ts";
import type { TrueLog } from "./truth.ts";
import type { World } from "./world.ts";

const MANY = 1000;

/** What somebody must see of a log, oldest first, as it is now. */
export function itemsFor(log: TrueLog, user: UserId): Item[] {
  const spans = log.kind === "group" ? (log.spans.get(user) ?? []) : [{ from: 1, to: null }];
  const readable = (seq: Seq) => spans.some(({ from, to }) => from <= seq && (to === null || seq <= to));
  return log.entries.flatMap((entry): Item[] => {
    if (!readable(entry.seq) || entry.kind === "edited" || entry.kind === "deleted") return [];
    if (entry.kind !== "message") return [{ kind: "notice", entry }];
    const { id, seq, author, key, time, body } = entry;
    const [deleted, edit] = [log.deleted.has(seq), log.edits.get(seq)];
    const text = deleted ? null : (edit?.body.text ?? body.text);
    const mentions = deleted ? [] : (body.mentions ?? []);
    return [{ kind: "message", id, seq, author, key, time, text, mentions, edited: edit?.time ?? null, deleted }];
  });
}

function unreadFor(log: TrueLog, user: UserId, read: Seq): { unread: number; mentions: number } {
  const messages = log.entries.slice(read).filter(({ author, seq }) => author !== user && !log.deleted.has(seq));
  const unread = messages.filter(({ kind }) => kind === "message");
  const named = unread.filter((entry) => entry.kind === "message" && entry.body.mentions?.includes(user));
  const mentions = log.kind === "direct" ? unread : named;
  return { unread: Math.min(MANY, unread.length), mentions: Math.min(MANY, mentions.length) };
}

function reachedFor(log: TrueLog, user: UserId): { sent: Seq; delivered: Seq; read: Seq } {
  const nothing = { sent: 0, delivered: 0, read: 0 };
  if (log.kind === "room") return nothing;
  const own = log.entries.filter(({ kind, author }) => kind === "message" && author === user).map(({ seq }) => seq);
  const readable = new Set(itemsFor(log, user).map(seqOf));
  const others = [...log.members].filter(([id]) => id !== user).map(([, standing]) => standing);
  const upTo = (most: Seq) => own.findLast((seq) => seq <= most && readable.has(seq)) ?? 0;
  if (others.length === 0) return { ...nothing, sent: upTo(Number.POSITIVE_INFINITY) };
  const read = Math.min(...others.map((standing) => standing.read));
  const delivered = Math.min(...others.map((standing) => standing.delivered));
  return { sent: upTo(Number.POSITIVE_INFINITY), delivered: upTo(delivered), read: upTo(read) };
}

function seqOf(item: Item): Seq {
  return item.kind === "message" ? item.seq : item.entry.seq;
}

/** Judges a world that came to rest. */
export class Judge {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Every client is there and holds what it should hold, as far as it holds it. */
  replicas(): void {
    for (const tab of this.#world.tabs()) {
      if (tab.client.line.is !== "live") this.#wrong(`${tab.name} is not live but ${JSON.stringify(tab.client.line)}`);
      this.#places(tab);
      for (const { id } of tab.client.conversations()) this.#timeline(tab, id);
    }
  }

  /** Marks, counts and states. */
  views(): void {
    for (const tab of this.#world.tabs()) for (const { id } of tab.client.conversations()) this.#view(tab, id);
  }

  /** The holes are filled; then everything is there. */
  complete(): void {
    for (const tab of this.#world.tabs()) {
      for (const { id } of tab.client.conversations()) {
        this.#load(tab, id);
        if (!tab.client.timeline(id).complete) this.#wrong(`${tab.name} cannot load all of ${id}`);
        this.#timeline(tab, id);
        this.#reached(tab, id);
      }
    }
  }

  /** What people wrote: there once, in their order, or refused. */
  messages(): void {
    const { ledger, disk } = this.#world;
    ledger.check(disk.truth);
    for (const { tab, what } of ledger.open.values()) {
      if (tab.alive) this.#wrong(`${tab.name} never heard what came of its ${what}`);
    }
    for (const line of ledger.all) this.#written(line);
    for (const lane of Map.groupBy(ledger.all, (line) => this.#laneOf(line)).values()) this.#order(lane);
    for (const device of this.#world.devices) this.#kept(device.keep.get("parley.outbox"), device.id);
  }

  #wrong(what: string): void {
    this.#world.wrong(what);
  }

  #places(tab: Tab): void {
    const me = tab.client.me?.id ?? 0;
    const logs = [...this.#world.disk.truth.logs.values()];
    const must = logs.filter((log) => log.kind !== "inbox" && !log.closed && log.members.has(me)).map(({ id }) => id);
    const are = tab.client.conversations().map(({ id }) => id);
    const [want, have] = [must, are].map((ids) => ids.sort((a, b) => a - b).join());
    if (want !== have) this.#wrong(`${tab.name} is in ${want}, and sees ${have}`);
  }

  #timeline(tab: Tab, id: ConversationId): void {
    const log = this.#world.disk.truth.logs.get(id);
    if (!log) return;
    const { rows } = tab.client.timeline(id);
    const items = rows.filter((row) => row.kind !== "hole") as Item[];
    const all = itemsFor(log, tab.client.me?.id ?? 0);
    const wanted = all.slice(all.length - items.length);
    const hole = rows.find((row) => row.kind === "hole");
    const plain = (item: Item | undefined) => (this.#world.lostTail ? withoutPlace(item) : item);
    const at = items.findIndex((item, position) => !Bun.deepEquals(plain(item), plain(wanted[position])));
    if (at >= 0) this.#wrong(`${tab.name} shows ${show(items[at])} where ${id} has ${show(wanted[at])}`);
    else if (items.length > all.length) this.#wrong(`${tab.name} shows more than ${id} has`);
    if (hole?.kind === "hole" && hole !== rows[0]) this.#wrong(`${tab.name} shows a hole among what it holds of ${id}`);
    const head = tab.client.conversation(id)?.head;
    if (head !== log.entries.length) this.#wrong(`${tab.name} is at ${head} of ${log.entries.length} in ${id}`);
  }

  #load(tab: Tab, id: ConversationId): void {
    for (let page = 0; page < 300 && !tab.client.timeline(id).complete && !this.#world.broken; page++) {
      let loaded = false;
      const done = () => {
        loaded = true;
      };
      tab.client.loadOlder(id).then(done, done);
      this.#world.run(30_000, () => loaded);
    }
  }

  #view(tab: Tab, id: ConversationId): void {
    const me = tab.client.me?.id ?? 0;
    const log = this.#world.disk.truth.logs.get(id);
    const view = tab.client.conversation(id);
    const standing = log?.members.get(me);
    if (!log || !view || !standing) return;
    const told = tellsMarks({ kind: log.kind, members: log.members.size });
    const marks = [...log.members].map(([user, { delivered, read }]) => ({ user, delivered, read }));
    const want = {
      ...standing,
      ...{ name: log.name, members: log.members.size },
      ...unreadFor(log, me, standing.read),
      marks: told ? marks.sort((a, b) => a.user - b.user) : [],
    };
    const { joined, delivered, read, name, members, unread, mentions } = view;
    const sorted = [...view.marks].sort((a, b) => a.user - b.user);
    const have = { joined, delivered, read, name, members, unread, mentions, marks: sorted };
    for (const field of Object.keys(have) as (keyof typeof have)[]) {
      if (Bun.deepEquals(have[field], want[field])) continue;
      // Marks that the disk forgot are told again by their owner only.
      if (field === "marks" && this.#world.lostTail) continue;
      this.#wrong(`${tab.name} sees ${field} ${show(have[field])} in ${id}, and it is ${show(want[field])}`);
    }
  }

  #reached(tab: Tab, id: ConversationId): void {
    const log = this.#world.disk.truth.logs.get(id);
    const want = log && reachedFor(log, tab.client.me?.id ?? 0);
    const { reached } = tab.client.timeline(id);
    if (want && !this.#world.lostTail && !Bun.deepEquals({ ...reached }, want)) {
      this.#wrong(`${tab.name} sees its messages in ${id} as ${show(reached)}, and they are ${show(want)}`);
    }
  }

  #written(line: Written): void {
    const there = this.#entriesOf(line).length;
    if (there > 1) this.#wrong(`${line.text.slice(0, 40)} is there ${there} times`);
    // Tabs that share no line each hold a copy: what one was refused another may still send, once that is allowed again.
    const alone = this.#world.devices[line.device]?.shared !== true;
    if (alone && line.refused && there > 0) this.#wrong(`${line.key} was refused with ${line.refused}, and is there`);
    if (line.receipt || line.refused || line.undone || there > 0) return;
    const device = this.#world.devices[line.device];
    const kept = device?.keep.get("parley.outbox") ?? "";
    if (!kept.includes(line.key)) this.#wrong(`${line.key} of ${line.tab} is neither sent nor refused nor kept`);
  }

  /** What is still kept was refused. */
  #kept(outbox: string | null, device: number): void {
    for (const draft of JSON.parse(outbox ?? "[]") as { key: string; failed?: object }[]) {
      if (!draft.failed) this.#wrong(`device ${device} has not sent ${draft.key}`);
    }
  }

  #laneOf({ device, tab, conversation }: Written): string {
    return `${this.#world.devices[device]?.shared ? tab : device} ${conversation}`;
  }

  /** Nothing overtakes what was written before it; what was refused for good once may itself come later. */
  #order(lane: Written[]): void {
    const placed = lane.flatMap((line) =>
      line.undone ? [] : this.#entriesOf(line).map(({ seq }) => ({ seq, late: line.refusedOnce })),
    );
    const seqs = placed.map(({ seq }) => seq);
    let last = 0;
    const overtook = placed.some(({ seq, late }) => {
      const before = last;
      if (!late) last = seq;
      return seq < before;
    });
    if (overtook) this.#wrong(`${lane[0]?.tab} wrote in another order than ${seqs.join()} in ${lane[0]?.conversation}`);
  }

  #entriesOf({ conversation, text }: Written) {
    const entries = this.#world.disk.truth.logs.get(conversation)?.entries ?? [];
    return entries.filter((entry) => entry.kind === "message" && entry.body.text === text);
  }
}

function withoutPlace(item: Item | undefined): unknown {
  if (item?.kind === "message") return { ...item, id: 0, time: 0, edited: item.edited !== null };
  return item && { ...item, entry: { ...item.entry, id: 0, time: 0 } };
}

function show(value: unknown): string {
  return JSON.stringify(value ?? null).slice(0, 200);
}
