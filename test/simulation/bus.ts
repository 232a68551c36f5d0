import type { ConversationId } from "@parley/protocol/ids";
import { Listeners } from "@parley/server/bus/listeners";
import type { Bus, Note } from "@parley/server/core/ports";
import type { Random } from "./random.ts";
import type { Time } from "./time.ts";

/** A node on the bus. */
export interface Listener {
  readonly id: number;
  readonly alive: boolean;
  /** True where the node dies in the middle of saying something; it is dead then. */
  dies(moment: "while announcing"): boolean;
}

/** What is wrong with the bus now. */
export interface BusFaults {
  drop: number;
  repeat: number;
  /** Longest way of a note, in milliseconds. */
  delay: number;
  /** Nodes that hear nobody else. */
  apart: Set<number>;
}

export const FAULTLESS: Readonly<Omit<BusFaults, "apart">> = { drop: 0, repeat: 0, delay: 2 };

/** The doorbell between nodes: it drops, repeats, reorders and delays as it is told to. */
export class SimulatedBus {
  readonly faults: BusFaults = { ...FAULTLESS, apart: new Set() };
  readonly #time: Time;
  readonly #random: Random;
  /** The chance of notes that are never kept, so that they change nothing for the others. */
  readonly #aside: Random;
  /** A node hears itself at once, as with the bus of a single node. */
  readonly #own: boolean;
  readonly #listening = new Map<Listener, Listeners>();

  constructor(time: Time, random: Random, own: boolean) {
    this.#time = time;
    this.#random = random;
    this.#aside = random.fork("aside");
    this.#own = own;
  }

  port(node: Listener): Bus {
    const listeners = new Listeners();
    this.#listening.set(node, listeners);
    return {
      node: `${node.id}`,
      publish: (conversation, note) => this.#publish(node, conversation, note),
      subscribe: (conversation, heard) => void listeners.add(conversation, heard),
      unsubscribe: (conversation, heard) => void listeners.remove(conversation, heard),
      ready: async () => {},
      close: async () => {},
    };
  }

  left(node: Listener): void {
    this.#listening.delete(node);
  }

  #publish(from: Listener, conversation: ConversationId, note: Note): void {
    if (!from.alive) return;
    const said = JSON.stringify(note);
    const kept = note.is === "entries" || note.is === "marks";
    for (const to of [...this.#listening.keys()]) {
      if (kept && from.dies("while announcing")) return;
      if (to === from && this.#own) this.#hear(to, conversation, said);
      else this.#send(kept ? this.#random : this.#aside, from, to, conversation, said);
    }
  }

  #send(random: Random, from: Listener, to: Listener, conversation: ConversationId, said: string): void {
    const { drop, repeat, delay, apart } = this.faults;
    if (from !== to && (apart.has(from.id) || apart.has(to.id))) return;
    const copies = random.chance(drop) ? 0 : random.chance(repeat) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      this.#time.after(random.tail(delay, delay * 20), () => this.#hear(to, conversation, said));
    }
  }

  #hear(to: Listener, conversation: ConversationId, said: string): void {
    if (!to.alive) return;
    this.#listening.get(to)?.tell(conversation, JSON.parse(said) as Note);
  }
}
