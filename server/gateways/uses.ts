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

/** Which names are in use, where a dialect allows each once. A holder that answers no ping has lost its name. */
export class Uses {
  readonly #held = new Map<string, Held>();

  /** Null where somebody who is alive uses this name. */
  async take(name: string): Promise<Use | null> {
    for (;;) {
      const holder = this.#held.get(name);
      if (!holder) return this.#hold(name);
      if (!holder.socket || (await holder.socket.alive(PONG))) return null;
      if (this.#held.get(name) !== holder) continue;
      this.#held.delete(name);
      holder.socket.terminate();
    }
  }

  #hold(name: string): Use {
    const held: Held = { socket: null };
    this.#held.set(name, held);
    return {
      by: (socket) => {
        held.socket = socket;
      },
      end: () => {
        if (this.#held.get(name) === held) this.#held.delete(name);
      },
    };
  }
}
