import type { Chat } from "../core/chat.ts";
import type { Observer } from "../core/ports.ts";
import type { User } from "../core/rows.ts";
import type { Opening, Session, Socket } from "./dialect.ts";

/** How a socket ends whose token ended. */
const SIGNED_OUT = { code: 1008, reason: "Signed out" };

export interface Proof {
  chat: Chat;
  observer: Observer;
  user: User;
  token: string;
}

/** The same session, for as long as the token lasts that proved whose it is. */
export function whileProven(proof: Proof, open: Opening): Opening {
  return (socket) => new ProvenSession(proof, open(socket), socket);
}

class ProvenSession implements Session {
  readonly #session: Session;
  readonly #watching: Promise<() => void>;

  constructor({ chat, observer, user, token }: Proof, session: Session, socket: Socket) {
    this.#session = session;
    const end = () => socket.end(SIGNED_OUT.code, SIGNED_OUT.reason);
    this.#watching = chat.watchProof(user, chat.people.digestOf(token), end).catch((error) => {
      observer.log("warn", "proof_unwatched", { person: user.id, error: String(error) });
      end();
      return () => {};
    });
  }

  receive(message: string | Uint8Array): void {
    this.#session.receive(message);
  }

  closed(code: number): void {
    this.#session.closed(code);
    void this.#watching.then((stop) => stop());
  }

  ponged(ping: number): void {
    this.#session.ponged?.(ping);
  }

  beat(): boolean {
    return this.#session.beat();
  }

  drain(): void {
    this.#session.drain();
  }

  bye(retryAfter: number): void {
    this.#session.bye(retryAfter);
  }
}
