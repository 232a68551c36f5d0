import type { Statement } from "bun:sqlite";
import type { Entry, EntryOf } from "@parley/protocol/entries";
import type { Seq, UserId } from "@parley/protocol/ids";
import { namesOfDeleted } from "../naming.ts";
import type { Blocks } from "./blocks.ts";
import type { Head } from "./heads.ts";
import type { Statements } from "./statements.ts";

/** What an entry changes besides the log it stands in, in the same transaction. */
export class Projection {
  readonly #join: Statement<never, [number, number, string, number]>;
  readonly #promote: Statement<never, [string, number, number]>;
  readonly #leave: Statement<never, [number, number]>;
  readonly #forget: Statement<never, [number, number]>;
  readonly #begin: Statement<never, [number, number, number]>;
  readonly #end: Statement<never, [number, number, number]>;
  readonly #mention: Statement<never, [number, number, number]>;
  readonly #edit: Statement<never, [number, number, number]>;
  readonly #blocks: Blocks;
  readonly #erasure: Erasure;
  readonly #retirement: Retirement;
  /** Becomes true when a text is blanked; whoever asks sets it back. */
  erased = false;

  constructor(statements: Statements, blocks: Blocks) {
    const prepare = statements.prepare.bind(statements);
    this.#blocks = blocks;
    this.#join = prepare(
      "INSERT INTO members (conversation, user, role, joined, delivered, read) VALUES (?1, ?2, ?3, ?4, ?4, ?4) ON CONFLICT DO NOTHING",
    );
    this.#promote = prepare("UPDATE members SET role = ? WHERE conversation = ? AND user = ?");
    this.#leave = prepare("DELETE FROM members WHERE conversation = ? AND user = ?");
    this.#forget = prepare("DELETE FROM moves WHERE conversation = ? AND user = ?");
    this.#begin = prepare("INSERT INTO spans (conversation, user, began) VALUES (?, ?, ?)");
    this.#end = prepare("UPDATE spans SET ended = ? WHERE conversation = ? AND user = ? AND ended IS NULL");
    this.#mention = prepare("INSERT INTO mentions (conversation, user, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
    this.#edit = prepare("INSERT INTO edits (conversation, target, seq) VALUES (?, ?, ?)");
    this.#erasure = new Erasure(statements);
    this.#retirement = new Retirement(statements);
  }

  apply(head: Head, entry: Entry): void {
    switch (entry.kind) {
      case "joined":
        return this.#joined(head, entry);
      case "left":
        return this.#left(head, entry);
      case "message":
        return this.#said(head, entry);
      case "edited":
        this.#edit.run(head.id, entry.body.target, entry.seq);
        return;
      case "deleted":
        this.#erasure.erase(head.id, entry.body.target);
        this.erased = true;
        return;
      case "renamed":
        head.name = entry.body.name;
        head.changed = true;
        return;
      case "promoted":
        return this.#promoted(head, entry);
      case "closed":
        head.closed = 1;
        head.changed = true;
        this.#retirement.retire(head.id);
        return;
      case "blocked":
        return this.#blocks.block(entry.author, entry.body.user);
      case "unblocked":
        return this.#blocks.unblock(entry.author, entry.body.user);
    }
  }

  #joined(head: Head, { seq, body: { user, role } }: EntryOf<"joined">): void {
    if (this.#join.run(head.id, user, role, seq).changes === 0) {
      this.#promote.run(role, head.id, user);
      return;
    }
    this.#begin.run(head.id, user, seq);
    head.since.delete(user);
    head.members++;
    head.changed = true;
  }

  #promoted(head: Head, { body: { user, role } }: EntryOf<"promoted">): void {
    if (this.#promote.run(role, head.id, user).changes === 0 || role !== "owner") return;
    head.owner = user;
    head.changed = true;
  }

  #left(head: Head, { seq, body: { user } }: EntryOf<"left">): void {
    if (this.#leave.run(head.id, user).changes === 0) return;
    this.#forget.run(head.id, user);
    this.#end.run(seq, head.id, user);
    head.since.delete(user);
    head.members--;
    head.changed = true;
  }

  #said(head: Head, { seq, author, body }: EntryOf<"message">): void {
    head.messages++;
    for (const user of body.mentions ?? []) if (user !== author) this.#mention.run(head.id, user, seq);
  }
}

/** Takes tokens and names from whoever owned a closed inbox. */
class Retirement {
  readonly #owner: Statement<{ owner: UserId }, [number]>;
  readonly #rename: Statement<never, [string, string, number]>;
  readonly #takeTokens: Statement<never, [number]>;
  readonly #takeNames: Statement<never, [number]>;

  constructor(statements: Statements) {
    const prepare = statements.prepare.bind(statements);
    this.#owner = prepare("SELECT owner FROM conversations WHERE id = ? AND kind = 'inbox'");
    this.#rename = prepare("UPDATE users SET name = ?, handle = ?, findable = '', password = NULL WHERE id = ?");
    this.#takeTokens = prepare("DELETE FROM tokens WHERE user = ?");
    this.#takeNames = prepare("DELETE FROM holdings WHERE user = ?");
  }

  retire(inbox: number): void {
    const found = this.#owner.get(inbox);
    if (!found) return;
    const { name, handle } = namesOfDeleted(found.owner);
    this.#rename.run(name, handle, found.owner);
    this.#takeTokens.run(found.owner);
    this.#takeNames.run(found.owner);
  }
}

/** Blanks a message and all its edits where they stand; keys and digests stay. */
class Erasure {
  readonly #body: Statement<{ body: string }, [number, Seq]>;
  readonly #blank: Statement<never, [string, number, Seq]>;
  readonly #edits: Statement<{ seq: Seq }, [number, Seq]>;
  readonly #unmention: Statement<never, [number, UserId, Seq]>;

  constructor(statements: Statements) {
    const prepare = statements.prepare.bind(statements);
    this.#body = prepare("SELECT body FROM entries WHERE conversation = ? AND seq = ? AND live = 1");
    this.#blank = prepare("UPDATE entries SET body = ?, live = 0 WHERE conversation = ? AND seq = ?");
    this.#edits = prepare("SELECT seq FROM edits WHERE conversation = ? AND target = ?");
    this.#unmention = prepare("DELETE FROM mentions WHERE conversation = ? AND user = ? AND seq = ?");
  }

  erase(conversation: number, target: Seq): void {
    const message = this.#body.get(conversation, target);
    if (!message) return;
    const { mentions = [] } = JSON.parse(message.body) as { mentions?: UserId[] };
    for (const user of mentions) this.#unmention.run(conversation, user, target);
    this.#blank.run(JSON.stringify({ text: null }), conversation, target);
    const blank = JSON.stringify({ target, text: null });
    for (const { seq } of this.#edits.all(conversation, target)) this.#blank.run(blank, conversation, seq);
  }
}
