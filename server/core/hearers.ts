import type { Entry } from "@parley/protocol/entries";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import type { Codec } from "./codec.ts";
import type { MarksSignal, Outlet } from "./ports.ts";

/** A connection that hears a feed. */
export interface Follower {
  readonly user: { id: UserId };
  readonly codec: Codec;
  readonly outlet: Outlet;
  /** The feed will say nothing more to this follower: their membership ended, or the conversation did. */
  dropped(conversation: ConversationId): void;
  /** Entries of this person's inbox, after they were said. */
  heard(entries: readonly Entry[]): void;
}

/** A listener inside this node: hears what a conversation's followers hear, before it is encoded for anybody. */
export interface Tap {
  /** The next entries of the log: in order, each once, none left out. */
  heard(entries: readonly Entry[]): void;
  /** Marks, where this conversation's followers are told of them. */
  told(marks: readonly MarksSignal[]): void;
  /** The conversation was deleted; its last entry was heard. Nothing more is said. */
  gone(): void;
}
