import type { Mark } from "@parley/protocol/conversations";
import type { Entry } from "@parley/protocol/entries";
import type { ServerFrame } from "@parley/protocol/frames";
import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import type { Item } from "@parley/protocol/messages";
import type { Tab } from "./device.ts";
import type { Disk } from "./disk.ts";
import type { Ledger } from "./ledger.ts";
import type { ServerSocket, SimulatedNode } from "./node.ts";
import type { Setting } from "./plan.ts";
import type { Time } from "./time.ts";

const LARGEST_MESSAGE = 200_000;
const IN_FLIGHT = 32;

/** What is watched. */
export interface Watched {
  readonly time: Time;
  readonly disk: Disk;
  readonly ledger: Ledger;
  readonly setting: Setting;
  living(): SimulatedNode[];
  tabs(): Tab[];
  wrong(what: string): void;
}

/** Looks at everything while it happens: nothing may be told too early, to the wrong person, or without bounds. */
export class Watch {
  /** Of everything that arrived anywhere: the same for the same seed. */
  trace = 0;
  delivered = 0;
  readonly #world: Watched;
  readonly #users = new WeakMap<ServerSocket, UserId>();
  readonly #reads = new Map<string, Seq>();
  /** Tabs that caught up since an earlier state was put back. */
  readonly #current = new Set<Tab>();
  #payload = "";
  #frames: ServerFrame[] = [];

  constructor(world: Watched) {
    this.#world = world;
  }

  /** Something leaves a node for a socket. */
  telling(socket: ServerSocket, payload: string): void {
    if (payload !== this.#payload) {
      this.#payload = payload;
      this.#frames = JSON.parse(payload) as ServerFrame[];
    }
    for (const frame of this.#frames) this.#told(socket, frame);
  }

  /** Something arrives at a client. */
  arriving(tab: Tab, text: string): void {
    this.delivered += 1;
    if (text.includes('"t":"caught_up"')) this.#current.add(tab);
    this.trace = Bun.hash.xxHash32(`${this.#world.time.now} ${tab.name} ${text}`, this.trace);
  }

  /** A person sees something else than before: what they read stays read. */
  changed(tab: Tab): void {
    // What a client holds from before an earlier state was put back goes when it is told.
    if (!this.#current.has(tab)) return;
    for (const { id, read, joined } of tab.client.conversations()) {
      const place = `${tab.name} ${id} ${joined}`;
      const was = this.#reads.get(place) ?? 0;
      if (read < was) this.#world.wrong(`${tab.name} read ${id} up to ${was}, and now up to ${read}`);
      else this.#reads.set(place, read);
    }
  }

  /** An earlier state was put back: what was read since is not. */
  rewound(): void {
    this.#reads.clear();
    this.#current.clear();
  }

  /** Nothing grows without bounds. */
  bounds(): void {
    const { limits } = this.#world.setting;
    for (const node of this.#world.living()) {
      for (const socket of node.sockets) {
        const waiting = socket.getBufferedAmount();
        if (waiting > limits.readerBytes + LARGEST_MESSAGE) this.#world.wrong(`${waiting} bytes wait for one reader`);
      }
      for (const { tail, row } of node.chat.feeds.all()) {
        if (tail.bytes > 2 * limits.chat.feed.resumeBytes + 4_000)
          this.#world.wrong(`the tail of ${row.id} has ${tail.bytes} bytes`);
      }
    }
    for (const tab of this.#world.tabs()) this.#outbox(tab);
  }

  #outbox(tab: Tab): void {
    for (const { id } of tab.client.conversations()) {
      const sending = tab.client.timeline(id).pending.filter((pending) => pending.is === "sending");
      const { ledger, disk } = this.#world;
      const open = sending.filter(({ key }) => !ledger.answered(key, tab, disk.truth)).length;
      if (open > IN_FLIGHT) this.#world.wrong(`${open} messages of ${tab.name} are under way in ${id}`);
    }
  }

  #told(socket: ServerSocket, frame: ServerFrame): void {
    const user = this.#users.get(socket) ?? 0;
    switch (frame.t) {
      case "welcome":
        this.#users.set(socket, frame.you.id);
        return;
      case "entries":
        for (const entry of frame.entries) this.#entry(user, frame.conversation, entry);
        return;
      case "marks":
        for (const mark of frame.marks) this.#mark(frame.conversation, mark);
        return;
      case "caught_up":
        for (const { conversation, ...mark } of frame.own) this.#mark(conversation, { user, ...mark });
        for (const { conversation, marks } of frame.marks) for (const mark of marks) this.#mark(conversation, mark);
        return;
      case "ok":
        this.#answer(user, frame.result as Answer);
    }
  }

  #entry(user: UserId, conversation: ConversationId, entry: Entry): void {
    const { truth } = this.#world.disk;
    const { seq } = entry;
    const kept = truth.logs.get(conversation)?.entries[seq - 1];
    if (!kept) return this.#world.wrong(`entry ${seq} of ${conversation} is told before it is committed`);
    if (!same(kept, entry)) {
      this.#world.wrong(`${user} is told ${JSON.stringify(entry)} where ${JSON.stringify(kept)} stands`);
    }
    if (!truth.mayRead(user, conversation, seq)) {
      this.#world.wrong(`${user} is told entry ${seq} of ${conversation}, which is not theirs to read`);
    }
  }

  #mark(conversation: ConversationId, { user, delivered, read }: Mark): void {
    const kept = this.#world.disk.truth.logs.get(conversation)?.members.get(user);
    // Somebody who left has no mark any more, and one who came again a later one.
    if (!kept || (delivered <= kept.delivered && read <= kept.read)) return;
    this.#world.wrong(`a mark of ${user} in ${conversation} is told before it is committed`);
  }

  #answer(user: UserId, { conversation, seq, entry, items }: Answer): void {
    const { truth } = this.#world.disk;
    if (typeof conversation !== "number") {
      return;
    }
    if (seq !== undefined && truth.logs.get(conversation)?.entries[seq - 1]?.id !== entry) {
      this.#world.wrong(`${user} is told that ${seq} of ${conversation} is committed, and it is not`);
    }
    for (const item of items ?? []) {
      const at = item.kind === "message" ? item.seq : item.entry.seq;
      if (!truth.mayRead(user, conversation, at))
        this.#world.wrong(`${user} gets a page with ${at} of ${conversation}`);
    }
  }
}

interface Answer {
  conversation?: ConversationId | object;
  seq?: Seq;
  entry?: number;
  items?: Item[];
}

/** The same fact; a text may have been blanked meanwhile. */
function same(kept: Entry, told: Entry): boolean {
  if (kept.id !== told.id || kept.author !== told.author || kept.key !== told.key || kept.kind !== told.kind)
    return false;
  const blank = (told.kind === "message" || told.kind === "edited") && told.body.text === null;
  return blank || Bun.deepEquals(kept.body, told.body);
}
