import type { Args } from "@parley/protocol/commands";
import { ChatError, ERRORS } from "@parley/protocol/errors";
import type { CommandFrame } from "@parley/protocol/frames";
import type { ConversationId, Key } from "@parley/protocol/ids";
import type { PlainCommand, Writing } from "../../core/chat.ts";
import type { Connection } from "../../core/connection.ts";
import type { Asker, Done } from "../../core/keyed.ts";
import type { Socket } from "../dialect.ts";
import { errorFrame, type NativeParts } from "./parts.ts";

/** The earliest refused write: everything that came after it waits for its key. */
interface Stall {
  key: Key;
  at: number;
}

type WritingFrame = Extract<CommandFrame, { t: Writing }>;

/** Who keeps the commands of a socket as long as there are some. */
export interface Resting {
  /** Nothing is under way any more, and nothing waits to be sent again. */
  atRest(): void;
}

/** A command on its way to its turn, and who is told what came of it. */
class Turn implements Asker {
  readonly frame: CommandFrame;
  readonly at: number;
  readonly bytes: number;
  readonly #commands: Commands;
  begun = false;
  /** It came behind a write that was refused since and has come again: it would overtake that. */
  overtakes = false;

  constructor(commands: Commands, { frame, at, bytes }: Pick<Turn, "frame" | "at" | "bytes">) {
    this.#commands = commands;
    this.frame = frame;
    this.at = at;
    this.bytes = bytes;
  }

  placing(): void {
    this.#commands.placing(this, this.frame as WritingFrame);
  }

  placed(): void {
    this.#commands.placed(this);
  }

  done(done: Done): void {
    this.#commands.written(this, done);
  }

  failed(error: unknown): void {
    this.#commands.failed(this, error);
  }
}

/**
 * The commands of one live socket. They are decided in the order in which they came; what is written waits for the
 * commit without holding up the next one. After a refusal that may be retried, later writes to that conversation are
 * refused alike until the refused key comes again, so that an author's order holds.
 */
export class Commands {
  readonly #parts: NativeParts;
  readonly #connection: Connection;
  readonly #socket: Socket;
  readonly #resting: Resting;
  #stalled: Map<ConversationId, Stall> | null = null;
  /** What has not taken its place yet, in the order in which it came. The first is under way, the others wait for it. */
  readonly #undecided: Turn[] = [];
  #beginning = false;
  #taken = 0;
  #bytes = 0;
  #count = 0;
  #stopped = false;

  constructor(parts: NativeParts, connection: Connection, socket: Socket, resting: Resting) {
    this.#parts = parts;
    this.#connection = connection;
    this.#socket = socket;
    this.#resting = resting;
  }

  /** Nothing more is accepted; what was accepted is still carried out. */
  stop(): void {
    this.#stopped = true;
  }

  take(frame: CommandFrame, bytes: number): void {
    const at = ++this.#taken;
    const refusal = this.#refusalOf(frame, bytes);
    if (refusal) return this.#answer(frame, at, refusal);
    this.#bytes += bytes;
    this.#count += 1;
    // Here and not when it is carried out: what is refused behind it meanwhile must be waited for in its turn.
    if (isWriting(frame)) this.#comesAgain(frame);
    this.#undecided.push(new Turn(this, { frame, at, bytes }));
    if (this.#undecided.length === 1) this.#next();
  }

  /** Begins with what is first, and goes on as long as that takes its place at once. */
  #next(): void {
    if (this.#beginning) return;
    this.#beginning = true;
    for (let turn = this.#undecided[0]; turn && !turn.begun; turn = this.#undecided[0]) {
      turn.begun = true;
      this.#carryOut(turn);
    }
    this.#beginning = false;
  }

  #carryOut(turn: Turn): void {
    const { frame } = turn;
    if (isWriting(frame)) return this.#parts.chat.begin(this.#connection, frame.t, frame as Args<Writing>, turn);
    this.#run(frame).then(
      () => this.#over(turn),
      (error) => this.failed(turn, error),
    );
  }

  /** Its write is about to take its place. Throws `out_of_order` where it must not. */
  placing(turn: Turn, { conversation }: WritingFrame): void {
    const earliest = this.#stalled?.get(conversation)?.at ?? turn.at;
    if (turn.overtakes || earliest < turn.at) throw new ChatError("out_of_order");
  }

  written(turn: Turn, { receipt, again }: Done): void {
    const echoed = !again && this.#connection.wasTold(receipt.conversation, receipt.seq);
    if (!echoed) this.#ok(turn.frame.id, receipt);
    this.#over(turn);
  }

  failed(turn: Turn, error: unknown): void {
    this.#answer(turn.frame, turn.at, error, turn.overtakes);
    this.#over(turn);
  }

  #over(turn: Turn): void {
    this.placed(turn);
    this.#bytes -= turn.bytes;
    this.#count -= 1;
    if (this.#count === 0 && !this.#stalled?.size) this.#resting.atRest();
  }

  /** It took its place, or will take none: the next one may. */
  placed(turn: Turn): void {
    if (this.#undecided[0] !== turn) return;
    this.#undecided.shift();
    this.#next();
  }

  /** Nothing waits for this key any more, but what came behind its refusal and is not decided yet stays behind it. */
  #comesAgain({ conversation, key }: WritingFrame): void {
    const stall = this.#stalled?.get(conversation);
    if (stall?.key !== key) return;
    this.#stalled?.delete(conversation);
    for (const turn of this.#undecided) {
      const { frame, at } = turn;
      if (isWriting(frame) && frame.conversation === conversation && at > stall.at) turn.overtakes = true;
    }
  }

  /** Why this command is not even begun, if so. */
  #refusalOf(frame: CommandFrame, bytes: number): ChatError | null {
    const { limits, rates } = this.#parts;
    if (this.#stopped) return new ChatError("unavailable", undefined, 1000);
    if (this.#bytes + bytes > limits.pendingBytes || this.#count >= limits.pendingCommands) {
      return new ChatError("too_fast", undefined, 1000);
    }
    // Before it costs anything: what was sent in one go with a refused one has no chance.
    const stall = isWriting(frame) && this.#stalled?.get(frame.conversation);
    if (stall && stall.key !== frame.key) return new ChatError("out_of_order");
    const wait = rates.command(this.#socket, this.#connection.user.id);
    return wait > 0 ? new ChatError("too_fast", undefined, wait) : null;
  }

  async #run(frame: CommandFrame): Promise<void> {
    const { chat } = this.#parts;
    switch (frame.t) {
      case "look":
        await this.#connection.look(frame.conversations);
        return this.#ok(frame.id, {});
      case "typing":
        await chat.typing(this.#connection, frame);
        return this.#ok(frame.id, {});
      case "unfollow":
        this.#connection.unfollow(frame.conversation);
        return this.#ok(frame.id, {});
      case "follow": {
        const { conversation, seq, check } = frame;
        const cursor = seq === undefined ? null : { seq, check: check ?? 0 };
        return this.#ok(frame.id, { conversation: await this.#connection.follow(conversation, cursor) });
      }
      default:
        return this.#ok(frame.id, await chat.run(this.#connection, frame.t as PlainCommand, frame as never));
    }
  }

  #ok(id: number, result: unknown): void {
    this.#connection.say([{ t: "ok", id, result }]);
  }

  #answer(frame: CommandFrame, at: number, error: unknown, overtakes = false): void {
    const refused = errorFrame(error, {
      id: frame.id,
      connection: this.#socket.connection,
      observer: this.#parts.observer,
    });
    // What would have overtaken holds up nothing: the write that it waits for is under way again.
    if (!overtakes && isWriting(frame) && refused.t === "error" && ERRORS[refused.code].retry) {
      this.#stalled ??= new Map();
      const earliest = this.#stalled.get(frame.conversation);
      if (!earliest || at < earliest.at) this.#stalled.set(frame.conversation, { key: frame.key, at });
    }
    this.#connection.say([refused]);
  }
}

function isWriting(frame: CommandFrame): frame is WritingFrame {
  return frame.t === "post" || frame.t === "edit" || frame.t === "delete";
}
