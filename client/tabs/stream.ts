import { type Cursor, cursorCheck } from "@parley/protocol/cursor";
import type { ServerFrame, ServerFrameOf } from "@parley/protocol/frames";
import type { ConversationId } from "@parley/protocol/ids";
import type { Signal } from "@parley/protocol/signals";

type Here = Extract<Signal, { t: "presence" | "typing" }>;

/** What the shared line was told: who it is, how far each conversation is, and who is where. */
export class Stream {
  welcome: ServerFrameOf<"welcome"> | null = null;
  readonly cursors = new Map<ConversationId, Cursor>();
  readonly #here = new Map<ConversationId, Map<Here["t"], Here>>();

  /** The line begins where its first member was, if that is the same history. */
  begin(welcome: ServerFrameOf<"welcome">, cursors: ReadonlyMap<ConversationId, Cursor>): void {
    this.welcome = welcome;
    for (const [id, cursor] of cursors) this.cursors.set(id, cursor);
  }

  hear(frame: ServerFrame): void {
    switch (frame.t) {
      case "conversation":
        this.#reach(frame.conversation.id, { seq: frame.conversation.head, check: frame.conversation.check });
        break;
      case "entries":
        this.#entries(frame);
        break;
      case "gone":
        this.cursors.delete(frame.conversation);
        break;
      case "presence":
      case "typing":
        this.#here.set(frame.conversation, (this.#here.get(frame.conversation) ?? new Map()).set(frame.t, frame));
        break;
    }
  }

  /** Delivery goes on behind a hole. */
  skip({ conversation, from, check }: ServerFrameOf<"resync">): void {
    this.cursors.set(conversation, { seq: from - 1, check });
  }

  /** Who is there and writes there, as it was told last. */
  here(conversation: ConversationId): ServerFrame[] {
    return [...(this.#here.get(conversation)?.values() ?? [])];
  }

  /** Nobody looks at any but these: what is known of the others grows old. */
  keepHere(looked: ReadonlySet<ConversationId>): void {
    for (const id of [...this.#here.keys()]) if (!looked.has(id)) this.#here.delete(id);
  }

  /** This person has another name or role. */
  renamed(you: ServerFrameOf<"welcome">["you"]): void {
    if (this.welcome?.you.id === you.id) this.welcome = { ...this.welcome, you };
  }

  #entries({ conversation, entries }: ServerFrameOf<"entries">): void {
    const last = entries.at(-1);
    if (last) this.#reach(conversation, { seq: last.seq, check: cursorCheck(last.author, last.key) });
    for (const { kind, body } of entries) {
      if (kind === "profiled") this.renamed(body.person);
      if (kind === "dissolved") this.cursors.delete(body.conversation);
      if (kind === "closed" || (kind === "left" && body.user === this.welcome?.you.id)) {
        this.cursors.delete(conversation);
      }
    }
  }

  #reach(conversation: ConversationId, cursor: Cursor): void {
    if (cursor.seq >= (this.cursors.get(conversation)?.seq ?? -1)) this.cursors.set(conversation, cursor);
  }
}
