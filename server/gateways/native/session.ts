import type { CloseName } from "@parley/protocol/closes";
import type { CursorRow } from "@parley/protocol/cursor";
import { ChatError } from "@parley/protocol/errors";
import type { ClientFrame, CommandFrame, Hello, ServerFrame } from "@parley/protocol/frames";
import { PROTOCOL_VERSION } from "@parley/protocol/version";
import type { Connection } from "../../core/connection.ts";
import type { User } from "../../core/rows.ts";
import { personOf } from "../../core/summary.ts";
import type { Dialect, Session, Socket } from "../dialect.ts";
import { known, orTooFast } from "../rates.ts";
import { decodeBatch, decodeFrame, idOf, nativeCodec } from "./codec.ts";
import { Commands, type Resting } from "./commands.ts";
import { errorFrame, type NativeParts } from "./parts.ts";

const FAULTS_BEFORE_HELLO = 20;
const BEATS_OF_SILENCE = 2;
const BEAT = nativeCodec.encode([{ t: "beat", heads: [] }]);

interface Greeting {
  is: "greeting";
  hello: Hello | null;
  cursors: CursorRow[];
  faults: number;
  cancel: () => void;
  /** To be called once the socket has said who it is. */
  entered: (socket: Socket, user: User) => void;
}

type State =
  | Greeting
  | { is: "entering"; held: { frame: CommandFrame; bytes: number }[]; bytes: number }
  | { is: "live" }
  | { is: "closed" };

// One object for all sockets in these states: most sockets are idle most of the time.
const LIVE: State = { is: "live" };
const CLOSED: State = { is: "closed" };

/** The native protocol as one dialect among others. */
export function nativeDialect(parts: NativeParts): Dialect {
  return { codec: nativeCodec, open: (socket, entered) => new NativeSession(parts, socket, entered) };
}

/** One native socket: greets, enters, and then carries out commands until it closes. */
class NativeSession implements Session, Resting {
  readonly #parts: NativeParts;
  readonly #socket: Socket;
  #state: State;
  #connection: Connection | null = null;
  /** Only while there are commands under way, or refused ones to be sent again. */
  #commands: Commands | null = null;
  #draining = false;
  /** Beats since anything was received. */
  #silence = 0;

  /** `entered` is called once the socket has said who it is. */
  constructor(parts: NativeParts, socket: Socket, entered: (socket: Socket, user: User) => void) {
    this.#parts = parts;
    this.#socket = socket;
    const cancel = parts.clock.after(parts.limits.hello, () => this.#close("hello_late"));
    this.#state = { is: "greeting", hello: null, cursors: [], faults: 0, cancel, entered };
  }

  receive(message: string | Uint8Array): void {
    this.#silence = 0;
    try {
      if (typeof message !== "string") throw new ChatError("binary_frame");
      const bytes = Buffer.byteLength(message);
      if (bytes > this.#parts.limits.batchBytes) throw new ChatError("too_large");
      const batch = decodeBatch(message);
      const share = Math.ceil(bytes / Math.max(1, batch.length));
      for (const frame of batch) this.#take(frame, share);
    } catch (error) {
      this.#refuse(error);
    }
  }

  closed(): void {
    if (this.#state.is === "greeting") this.#state.cancel();
    this.#state = CLOSED;
    this.#connection?.closed();
    this.#connection = null;
  }

  beat(): boolean {
    this.#silence += 1;
    if (this.#silence > BEATS_OF_SILENCE) return false;
    this.#socket.send(BEAT);
    return true;
  }

  drain(): void {
    this.#draining = true;
    this.#commands?.stop();
  }

  bye(retryAfter: number): void {
    this.#say([{ t: "bye", retry_after: retryAfter }]);
    this.#close("shutdown");
  }

  #take(frame: unknown, bytes: number): void {
    try {
      const decoded = decodeFrame(frame);
      switch (this.#state.is) {
        case "greeting":
          return this.#greet(this.#state, decoded, bytes);
        case "entering":
          return this.#hold(this.#state, decoded, bytes);
        case "live":
          return this.#carryOut(decoded, bytes);
        case "closed":
          return;
      }
    } catch (error) {
      this.#refuse(error, idOf(frame));
    }
  }

  #greet(state: Greeting, frame: ClientFrame, bytes: number): void {
    if (frame.t === "beat") return;
    if (frame.t === "hello") {
      if (frame.version !== PROTOCOL_VERSION) return this.#close("unsupported_version", "unsupported_version");
      state.hello = frame;
      state.cursors = [];
    } else if (frame.t !== "cursors" || !state.hello) {
      throw new ChatError("hello_expected");
    }
    state.cursors.push(...(frame.cursors ?? []));
    if (state.cursors.length > this.#parts.limits.cursors) throw new ChatError("too_many");
    if (frame.more || !state.hello) return;
    this.#state = { is: "entering", held: [], bytes };
    void this.#enter(state.hello, state);
  }

  #hold(state: State & { is: "entering" }, frame: ClientFrame, bytes: number): void {
    if (frame.t === "beat") return;
    if (frame.t === "hello" || frame.t === "cursors") throw new ChatError("bad_frame", "Hello was said already.");
    state.bytes += bytes;
    if (state.bytes > this.#parts.limits.pendingBytes) throw new ChatError("too_fast");
    state.held.push({ frame, bytes });
  }

  async #enter(hello: Hello, greeting: Greeting): Promise<void> {
    try {
      const { user, token } = await this.#signIn(hello);
      if (this.#state.is !== "entering") return;
      greeting.cancel();
      greeting.entered(this.#socket, user);
      await this.#resume(user, this.#parts.chat.people.digestOf(token), hello, greeting.cursors);
    } catch (error) {
      this.#refuse(error);
      if (this.#connection) return this.#close("internal");
      if (error instanceof ChatError && error.code === "bad_token") return this.#close("signed_out");
      if (this.#state.is === "entering") this.#state = { ...greeting, hello: null, cursors: [] };
    }
  }

  /** A newcomer, a password and nobody's token are sign-ins; whoever comes back is none. */
  async #signIn({ token, guest, account }: Hello): Promise<{ user: User; token: string }> {
    const { people, access } = this.#parts.chat;
    const { cookie, network } = this.#socket;
    const signIn = () => orTooFast(this.#parts.rates.signIn(network));
    if (token !== undefined) return { user: await known(people, token, signIn), token };
    if (guest) return { user: await people.enrol(guest.name, guest.secret, signIn), token: guest.secret };
    if (account) {
      signIn();
      return { user: await access.signIn(account, network), token: account.secret };
    }
    if (cookie !== null) return { user: await known(people, cookie, signIn), token: cookie };
    throw new ChatError("not_authenticated");
  }

  async #resume(user: User, token: string, hello: Hello, cursors: CursorRow[]): Promise<void> {
    const { chat, clock, limits, server } = this.#parts;
    const connection = chat.connect(user, nativeCodec, this.#socket, token);
    this.#connection = connection;
    this.#say([
      {
        t: "welcome",
        version: PROTOCOL_VERSION,
        epoch: chat.epoch,
        you: personOf(user),
        inbox: user.inbox,
        beat: limits.beat,
        now: clock.now(),
        limits: limits.wire,
        server,
      },
    ]);
    await connection.resume(hello.epoch, cursors);
    if (this.#state.is !== "entering") return;
    const { held } = this.#state;
    this.#state = LIVE;
    for (const { frame, bytes } of held) this.#carryOut(frame, bytes);
  }

  #carryOut(frame: ClientFrame, bytes: number): void {
    if (frame.t === "beat") return;
    if (frame.t === "hello" || frame.t === "cursors") throw new ChatError("bad_frame", "Hello was said already.");
    this.#commandsOf(this.#connection as Connection).take(frame, bytes);
  }

  #commandsOf(connection: Connection): Commands {
    this.#commands ??= new Commands(this.#parts, connection, this.#socket, this);
    if (this.#draining) this.#commands.stop();
    return this.#commands;
  }

  atRest(): void {
    this.#commands = null;
  }

  #refuse(error: unknown, id?: number): void {
    if (this.#state.is === "closed") return;
    this.#say([this.#told(error, id)]);
    if (this.#state.is !== "greeting") return;
    this.#state.faults += 1;
    if (this.#state.faults > FAULTS_BEFORE_HELLO) this.#close("protocol_broken");
  }

  #told(error: unknown, id: number | undefined): ServerFrame {
    return errorFrame(error, { id, connection: this.#socket.connection, observer: this.#parts.observer });
  }

  #say(frames: readonly ServerFrame[]): void {
    if (this.#state.is !== "closed") this.#socket.send(nativeCodec.encode(frames));
  }

  #close(why: CloseName, because?: "unsupported_version"): void {
    if (this.#state.is === "closed") return;
    if (because) this.#say([this.#told(new ChatError(because), undefined)]);
    this.#socket.close(why);
  }
}
