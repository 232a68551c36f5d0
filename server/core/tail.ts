import { type Cursor, cursorCheck } from "@parley/protocol/cursor";
import type { Entry } from "@parley/protocol/entries";
import type { Seq } from "@parley/protocol/ids";

const ENVELOPE_BYTES = 160;

/** About how many bytes an entry takes, in memory and on the wire. */
function sizeOf(entry: Entry): number {
  return ENVELOPE_BYTES + (entry.kind === "message" || entry.kind === "edited" ? (entry.body.text?.length ?? 0) : 40);
}

/** A cursor on an entry. Its check is made when it is asked for: most heads move on before anybody does. */
class At implements Cursor {
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  get seq(): Seq {
    return this.#entry.seq;
  }

  get check(): number {
    return cursorCheck(this.#entry.author, this.#entry.key);
  }
}

/** The newest entries of one log, without a gap, up to its head: what all of a node's readers share. */
export class Tail {
  #entries: Entry[] = [];
  #head: Cursor;
  bytes = 0;

  constructor(head: Cursor) {
    this.#head = head;
  }

  get head(): Cursor {
    return this.#head;
  }

  /** The tail holds every entry after this seq. */
  get reaches(): Seq {
    return this.#head.seq - this.#entries.length;
  }

  /** Adds entries that follow the head without a gap. */
  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      this.bytes += sizeOf(entry);
      if (entry.kind === "deleted") this.#blank(entry.body.target);
    }
    const last = entries.at(-1);
    if (last) this.#head = new At(last);
  }

  /** Adds older entries. Those that do not end where the tail begins are left out. */
  prepend(entries: readonly Entry[]): void {
    const fitting = entries.filter((entry) => entry.seq <= this.reaches);
    if (fitting.at(-1)?.seq !== this.reaches) return;
    this.#entries.unshift(...fitting);
    for (const entry of fitting) this.bytes += sizeOf(entry);
  }

  after(seq: Seq): Entry[] {
    return this.#entries.slice(Math.max(0, seq - this.reaches));
  }

  at(seq: Seq): Entry | undefined {
    return this.#entries[seq - this.reaches - 1];
  }

  /** Forgets the oldest entries until the tail fits. */
  trim(most: { entries: number; bytes: number }): void {
    let drop = Math.max(0, this.#entries.length - most.entries);
    let bytes = this.bytes;
    for (let i = 0; i < this.#entries.length && (i < drop || bytes > most.bytes); i++) {
      bytes -= sizeOf(this.#entries[i] as Entry);
      drop = Math.max(drop, i + 1);
    }
    if (drop === 0) return;
    this.#entries.splice(0, drop);
    this.bytes = bytes;
  }

  #blank(target: Seq): void {
    this.#entries = this.#entries.map((entry) => blanked(entry, target));
    this.bytes = this.#entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  }
}

function blanked(entry: Entry, target: Seq): Entry {
  if (entry.kind === "message" && entry.seq === target) return { ...entry, body: { text: null } };
  if (entry.kind === "edited" && entry.body.target === target) return { ...entry, body: { target, text: null } };
  return entry;
}
