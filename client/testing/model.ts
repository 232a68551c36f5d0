import type { Entry } from "@parley/protocol/entries";
import type { Item, Page } from "@parley/protocol/messages";
import { BOB, CAROL, checkOf, entry, ME } from "./world.ts";

const AUTHORS = [ME, BOB, CAROL];

/** A room's log as a server would keep it, written without regard to how the client folds. */
export class ModelLog {
  #log: Entry[] = [];

  get head(): number {
    return this.#log.length;
  }

  check(seq: number): number {
    const at = this.#log[seq - 1];
    return at ? checkOf(at) : 0;
  }

  /** Writes something; an edit or a deletion of nothing that can be changed writes nothing. */
  write(what: "post" | "edit" | "delete" | "join" | "leave" | "rename", at: number): void {
    const seq = this.head + 1;
    const author = AUTHORS[at % 3] as number;
    if (what === "edit" || what === "delete") return this.#change(what, at, seq);
    const about = { author, key: `w${seq}` };
    const guest = 2_000_000 + seq;
    if (what === "post") {
      const body = at % 4 === 0 ? { text: `line ${seq}`, mentions: [ME] } : { text: `line ${seq}` };
      this.#log.push(entry(seq, "message", body, about));
    } else if (what === "join") {
      this.#log.push(entry(seq, "joined", { user: guest, name: "G", handle: "g", role: "member" }, about));
    } else if (what === "leave") this.#log.push(entry(seq, "left", { user: guest }, about));
    else this.#log.push(entry(seq, "renamed", { name: `Room ${seq}` }, about));
  }

  /** Entries as they are told: a deleted message and its edits are blank by now. */
  entries(from: number, to: number): Entry[] {
    return this.#log.slice(from - 1, to).map((one) => this.#blanked(one));
  }

  /** The page before a seq, true at the head `asOf`. */
  page(before: number, limit: number, asOf: number): Page {
    const all: { seq: number; item: Item }[] = [];
    for (const one of this.#log.slice(0, before - 1)) {
      const item = this.#item(one, asOf);
      if (item) all.push({ seq: one.seq, item });
    }
    const shown = all.slice(-limit);
    const from = shown.length === all.length ? 1 : (shown[0]?.seq ?? 1);
    return { from, to: before - 1, as_of: asOf, items: shown.map(({ item }) => item), people: [] };
  }

  counts(): { unread: number; mentions: number; read: number; members: number; name: string } {
    const { unread, mentions, members, name } = this.summary();
    return { unread, mentions, read: 0, members, name };
  }

  unread(): { unread: number; mentions: number } {
    const { unread, mentions } = this.summary();
    return { unread, mentions };
  }

  summary(): { unread: number; mentions: number; members: number; name: string; head: number } {
    let members = 500;
    let name = "Garden";
    for (const { kind, body } of this.#log) {
      if (kind === "joined") members++;
      if (kind === "left") members--;
      if (kind === "renamed") name = body.name;
    }
    const others = this.#log.filter((one) => one.kind === "message" && one.author !== ME && !this.#deletion(one.seq));
    const mentions = others.filter((one) => one.kind === "message" && one.body.mentions?.includes(ME)).length;
    return { unread: others.length, mentions, members, name, head: this.head };
  }

  #change(what: "edit" | "delete", at: number, seq: number): void {
    const targets = this.#log.filter((one) => one.kind === "message" && !this.#deletion(one.seq));
    const target = targets[at % (targets.length || 1)];
    if (!target) return;
    const about = { author: target.author, key: `w${seq}` };
    if (what === "edit") this.#log.push(entry(seq, "edited", { target: target.seq, text: `edit ${seq}` }, about));
    else this.#log.push(entry(seq, "deleted", { target: target.seq, of: target.author }, about));
  }

  #deletion(target: number, asOf = this.head): Entry | undefined {
    return this.#log.slice(0, asOf).find((one) => one.kind === "deleted" && one.body.target === target);
  }

  #blanked(one: Entry): Entry {
    if (one.kind === "message" && this.#deletion(one.seq)) return { ...one, body: { text: null } };
    if (one.kind !== "edited" || !this.#deletion(one.body.target)) return one;
    return { ...one, body: { target: one.body.target, text: null } };
  }

  #item(one: Entry, asOf: number): Item | null {
    if (one.kind === "edited" || one.kind === "deleted") return null;
    if (one.kind !== "message") return { kind: "notice", entry: one };
    const { id, seq, author, key, time } = one;
    const deleted = this.#deletion(seq, asOf) !== undefined;
    const edits = this.#log.slice(0, asOf).filter((other) => other.kind === "edited" && other.body.target === seq);
    const last = edits.at(-1);
    const edited = last?.time ?? null;
    const newest = last?.kind === "edited" ? last.body.text : one.body.text;
    const mentions = deleted ? [] : (one.body.mentions ?? []);
    return { kind: "message", id, seq, author, key, time, text: deleted ? null : newest, mentions, edited, deleted };
  }
}
