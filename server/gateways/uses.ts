import type { Leases } from "../core/ports.ts";
import type { Socket } from "./dialect.ts";

/** One use of a name that only one socket may use at a time. */
export interface Use {
  /** The socket that uses it, once there is one. */
  by(socket: Socket): void;
  end(): void;
}

interface Held {
  socket: Socket | null;
}

/** Milliseconds in which a holder must answer a ping before the name goes to a newcomer. */
const PONG = 1_000;

/**
 * Which names are in use, where a dialect allows each once, on whatever node. A holder that answers no ping has lost
 * its name: at once to a newcomer of the same node, within seconds to one of another.
 */
export class Uses {
  readonly #held = new Map<string, Held>();
  readonly #leases: Leases;
  readonly #dialect: string;

  constructor(leases: Leases, dialect: string) {
    this.#leases = leases;
    this.#dialect = dialect;
    leases.listen(
      (lease) => this.#ours(lease, (name) => void this.#isAlive(name)),
      (lease) => this.#ours(lease, (name) => this.#drop(name)),
    );
  }

  /** Null where somebody who is alive uses this name. */
  async take(name: string): Promise<Use | null> {
    while (this.#held.has(name)) if (await this.#isAlive(name)) return null;
    const use = this.#hold(name);
    try {
      if (await this.#leases.take(this.#leaseOf(name))) return use;
    } catch (error) {
      use.end();
      throw error;
    }
    this.#held.delete(name);
    return null;
  }

  /** Does whoever holds this name answer? Where not, the name is free. */
  async #isAlive(name: string): Promise<boolean> {
    const holder = this.#held.get(name);
    if (!holder) return false;
    if (!holder.socket || (await holder.socket.alive(PONG))) return true;
    if (this.#held.get(name) === holder) this.#drop(name);
    return false;
  }

  #drop(name: string): void {
    const holder = this.#held.get(name);
    this.#held.delete(name);
    this.#free(name);
    holder?.socket?.terminate();
  }

  #hold(name: string): Use {
    const held: Held = { socket: null };
    this.#held.set(name, held);
    return {
      by: (socket) => {
        held.socket = socket;
      },
      end: () => {
        if (this.#held.get(name) !== held) return;
        this.#held.delete(name);
        this.#free(name);
      },
    };
  }

  #free(name: string): void {
    // Where this cannot be written, the lease ends with this node's.
    this.#leases.free(this.#leaseOf(name)).catch(() => {});
  }

  #leaseOf(name: string): string {
    return `${this.#dialect}/${name}`;
  }

  #ours(lease: string, call: (name: string) => void): void {
    if (lease.startsWith(`${this.#dialect}/`)) call(lease.slice(this.#dialect.length + 1));
  }
}
