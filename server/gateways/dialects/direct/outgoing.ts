import type { ConversationId, Seq } from "@parley/protocol/ids";
import type { Line, Socket } from "../../dialect.ts";

/** A frame that says what stands at a place in a log. */
interface Placed {
  frame: string;
  conversation: ConversationId;
  seq: Seq;
}

/** A place that was said behind this ping. */
interface Behind extends Omit<Placed, "frame"> {
  ping: number;
}

/** Characters that may wait for the end of the turn where one asks whether the reader can take more. */
const ENOUGH = 4 * 1024;
/** Pings that were not answered; whoever answers one of the newer has read the older ones too. */
const UNANSWERED = 64;

/**
 * What is said to one socket: all of one turn in one write, and by its pongs how much of that came. `came` is called
 * where the other side has read everything that was said up to a place.
 */
export class Outgoing {
  readonly #socket: Socket;
  readonly #came: (conversation: ConversationId, seq: Seq) => void;
  #waiting: (string | Placed)[] = [];
  #characters = 0;
  #isDue = false;
  #behind: Behind[] = [];
  /** What was said, and is not known to have come. */
  #said = new Map<ConversationId, Seq>();
  #isAsked = false;
  /** The ping behind everything up to here. */
  #question: { ping: number; said: Map<ConversationId, Seq> } | null = null;
  /** What came up to its own ping, beyond what is known to have come. */
  readonly heard = new Map<ConversationId, Seq>();

  constructor(socket: Socket, came: (conversation: ConversationId, seq: Seq) => void) {
    this.#socket = socket;
    this.#came = came;
  }

  say(frame: string): void {
    this.#waiting.push(frame);
    this.#characters += frame.length;
    this.#soon();
  }

  /** Says what stands at this place. Who has read the ping before it and closes then has heard what stands behind it. */
  deliver(frame: string, conversation: ConversationId, seq: Seq): void {
    this.#waiting.push({ frame, conversation, seq });
    this.#characters += frame.length;
    this.#soon();
  }

  /** Everything up to this place was said. */
  reached(conversation: ConversationId, seq: Seq): void {
    this.#said.set(conversation, seq);
  }

  /** Asks how much of what was said came. */
  ask(): void {
    this.#isAsked = true;
    if (!this.#question) this.#soon();
  }

  /** The other side has read everything before this ping. */
  ponged(ping: number): void {
    this.#hear(ping);
    const question = this.#question;
    if (!question || !(question.ping <= ping)) return;
    this.#question = null;
    for (const [conversation, seq] of question.said) {
      if ((this.heard.get(conversation) ?? 0) <= seq) this.heard.delete(conversation);
      this.#came(conversation, seq);
    }
    if (this.#said.size > 0) this.ask();
  }

  /** Resolves once the reader can take more; null where a little more may wait for the end of the turn. */
  full(): Promise<void> | null {
    if (this.#characters >= ENOUGH) this.leave();
    return this.#waiting.length > 0 ? null : this.#socket.drained();
  }

  /** Everything that waits leaves now. */
  leave(): void {
    const waiting = this.#waiting;
    const asks = this.#isAsked && !this.#question && this.#said.size > 0;
    this.#isDue = false;
    if (waiting.length === 0 && !asks) return;
    this.#waiting = [];
    this.#characters = 0;
    this.#socket.together((line) => {
      for (const one of waiting) this.#sayOne(line, one);
      if (asks) this.#question = { ping: this.#socket.ping(), said: this.#taken() };
    });
  }

  /** Behind all that is to be said in this turn. */
  #soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(this.#leaving);
  }

  readonly #leaving = () => this.leave();

  #sayOne(line: Line, one: string | Placed): void {
    if (typeof one === "string") return void line.sendText(one);
    const { frame, conversation, seq } = one;
    this.#behind.push({ ping: this.#socket.ping(), conversation, seq });
    if (this.#behind.length > 2 * UNANSWERED) this.#behind = this.#behind.slice(-UNANSWERED);
    line.sendText(frame);
  }

  #taken(): Map<ConversationId, Seq> {
    const said = this.#said;
    this.#said = new Map();
    this.#isAsked = false;
    return said;
  }

  #hear(ping: number): void {
    let heard = 0;
    for (const behind of this.#behind) {
      if (!(behind.ping <= ping)) break;
      this.heard.set(behind.conversation, behind.seq);
      heard += 1;
    }
    if (heard > 0) this.#behind.splice(0, heard);
  }
}
