import type { Args } from "@parley/protocol/commands";
import type { Body } from "@parley/protocol/entries";
import { ChatError } from "@parley/protocol/errors";
import type { Seq, UserId } from "@parley/protocol/ids";
import type { Actor, Place } from "./actor.ts";
import { authorize, obtain } from "./authorize.ts";
import { unblockedIn } from "./blocks.ts";
import { can, isUnowned } from "./capabilities.ts";
import type { Draft, Guard, Write } from "./commit.ts";
import { mayRead } from "./history.ts";
import { type Asker, begin, type KeyedCommand, type KeyedParts, ownKey } from "./keyed.ts";
import { codePoints, mentionsIn } from "./names.ts";
import type { Clock, Store } from "./ports.ts";
import type { Presence } from "./presence.ts";
import type { User } from "./rows.ts";
import { soon } from "./soon.ts";

export interface MessagesParts extends KeyedParts {
  clock: Clock;
  presence: Presence;
  limits: { text: number };
}

/** What people write: post, edit, delete. */
export class Messages {
  readonly #parts: MessagesParts;

  constructor(parts: MessagesParts) {
    this.#parts = parts;
  }

  post(actor: Actor, args: Args<"post">, asker: Asker): void {
    const { conversation, key, text, reply_to } = args;
    const command: KeyedCommand = {
      name: "post",
      log: conversation,
      key,
      content: reply_to === undefined ? text : [text, reply_to],
      decide: (digest, by) =>
        soon(authorize(this.#parts.store, by, "post", conversation), (place) =>
          soon(this.#said(by, place, args), (body) => this.#saying(by.user, place, args, { digest, body })),
        ),
    };
    begin(this.#parts, actor, command, asker);
  }

  edit(actor: Actor, { conversation, key, target, text }: Args<"edit">, asker: Asker): void {
    const { store, clock, limits } = this.#parts;
    const command: KeyedCommand = {
      name: "edit",
      log: conversation,
      key,
      content: [target, text],
      decide: async (digest) => {
        const place = await authorize(store, actor, "post", conversation);
        checkText(text, limits.text);
        const author = actor.user.id;
        const written = await this.#authorOf(conversation, target);
        if (written !== null && written !== author) throw new ChatError("forbidden");
        const draft: Draft = { conversation, author, key, digest, kind: "edited", body: { target, text } };
        return heard(place, writeBy(place, clock, draft, { is: "message", conversation, seq: target, author }));
      },
    };
    begin(this.#parts, actor, command, asker);
  }

  delete(actor: Actor, { conversation, key, target }: Args<"delete">, asker: Asker): void {
    const { store, clock } = this.#parts;
    const command: KeyedCommand = {
      name: "delete",
      log: conversation,
      key,
      content: target,
      decide: async (digest) => {
        const place = await obtain(store, actor, conversation);
        const author = actor.user.id;
        const of = (await this.#authorOf(conversation, target)) ?? author;
        const may = of === author ? place.member !== null : can(actor.user, "delete_others", place.row, place.member);
        if (!may) throw new ChatError(place.member ? "forbidden" : "not_member");
        const draft: Draft = { conversation, author, key, digest, kind: "deleted", body: { target, of } };
        return writeBy(place, clock, draft, { is: "message", conversation, seq: target, author: of });
      },
    };
    begin(this.#parts, actor, command, asker);
  }

  #saying(
    user: User,
    place: Place,
    { conversation, key }: Args<"post">,
    { digest, body }: { digest: number; body: Body<"message"> },
  ): Write {
    const { clock, presence } = this.#parts;
    presence.typing(conversation, user.id, false);
    const draft: Draft = { conversation, author: user.id, key, digest, kind: "message", body };
    const write = heard(place, writeBy(place, clock, draft));
    return isUnowned(place.row) && !user.open ? taking(write, place) : write;
  }

  /** What is said, at once where nothing must be looked up for it. */
  #said(actor: Actor, place: Place, args: Args<"post">): Body<"message"> | Promise<Body<"message">> {
    const { text, reply_to } = args;
    checkText(text, this.#parts.limits.text, actor.saysBlank);
    return reply_to === undefined && !text.includes("@") ? { text } : this.#referring(actor, place, args);
  }

  async #referring(actor: Actor, place: Place, { text, reply_to }: Args<"post">): Promise<Body<"message">> {
    const { store } = this.#parts;
    if (reply_to !== undefined && !(await holdsMessage(store, actor, place, reply_to))) {
      throw new ChatError("not_found", "There is no such message to reply to.");
    }
    const mentions = await this.#mentioned(text);
    return { text, ...(mentions.length > 0 && { mentions }), ...(reply_to !== undefined && { reply_to }) };
  }

  async #authorOf(conversation: number, target: number): Promise<UserId | null> {
    const entry = await this.#parts.store.entry(conversation, target);
    return entry?.kind === "message" ? entry.author : null;
  }

  async #mentioned(text: string): Promise<UserId[]> {
    const handles = mentionsIn(text);
    if (handles.length === 0) return [];
    return (await this.#parts.store.usersByHandle(handles)).map((user) => user.id);
  }
}

function checkText(text: string, most: number, saysBlank?: true): void {
  if (!text.isWellFormed() || text.includes("\u0000")) {
    throw new ChatError("bad_request", "text: neither lone surrogates nor the character U+0000 can be kept.");
  }
  if (!saysBlank && text.trim() === "") throw new ChatError("text_empty");
  // Characters are counted only where there may be too many: each is one or two units.
  if (text.length > most && codePoints(text) > most)
    throw new ChatError("text_too_long", `A message has at most ${most} characters.`);
}

/** Is there a message, deleted or not, that this member may have seen? */
async function holdsMessage(store: Store, actor: Actor, place: Place, seq: Seq): Promise<boolean> {
  const entry = await store.entry(place.row.id, seq);
  return entry?.kind === "message" && mayRead(store, actor, place, seq);
}

/** The same write, refused where it would reach somebody who blocked its author, or whom the author blocked. */
function heard(place: Place, write: Write): Write {
  const [{ author }] = write.drafts as [Draft];
  write.guards.push(...unblockedIn(place.row, author));
  return write;
}

/** The same write with the entry that makes its author the owner of a room that was nobody's. */
function taking(write: Write, { row }: Place): Write {
  const [{ author, digest, key }] = write.drafts as [Draft];
  const conversation = row.id;
  const body = { user: author, role: "owner" } as const;
  write.guards.push({ is: "unowned", conversation });
  write.drafts.push({ conversation, author, key: ownKey("w", key), digest, kind: "promoted", body });
  return write;
}

/** A write of one entry, guarded by the membership that authorised it. */
export function writeBy(place: Place, clock: Clock, draft: Draft, ...more: Guard[]): Write {
  const conversation = place.row.id;
  const guards: Guard[] = [{ is: "open", conversation }, ...more];
  if (place.member) {
    guards.push({ is: "member", conversation, user: draft.author, since: place.member.joined });
  }
  return { time: clock.now(), guards, drafts: [draft] };
}
