import type { ConversationId, UserId } from "@parley/protocol/ids";

/** A live line of one person. */
export interface Line {
  readonly user: { readonly id: UserId };
  /** Another one of the same person. */
  next: Line | null;
  follows(conversation: ConversationId): boolean;
  isMember(conversation: ConversationId): boolean;
}

/** Everybody's live lines on this node. */
export class Lines {
  /** Of each person the newest, which leads to the others: most have one, and a list for each would cost more. */
  readonly #newest = new Map<UserId, Line>();

  add(line: Line): void {
    line.next = this.#newest.get(line.user.id) ?? null;
    this.#newest.set(line.user.id, line);
  }

  remove(line: Line): void {
    const left = this.of(line.user.id).filter((other) => other !== line);
    this.#newest.delete(line.user.id);
    for (const other of left.reverse()) this.add(other);
  }

  of(user: UserId): Line[] {
    const lines: Line[] = [];
    for (let line = this.#newest.get(user); line; line = line.next ?? undefined) lines.push(line);
    return lines;
  }

  /** Everybody who has one. */
  people(): Iterable<UserId> {
    return this.#newest.keys();
  }
}
