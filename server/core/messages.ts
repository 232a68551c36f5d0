import type { Args } from "@parley/protocol/commands";
import { ChatError } from "@parley/protocol/errors";
import type { UserId } from "@parley/protocol/ids";
import type { Actor, Place } from "./actor.ts";
import { authorize, obtain } from "./authorize.ts";
import { can } from "./capabilities.ts";
import { carryOut, type Done, type KeyedCommand, type KeyedParts } from "./keyed.ts";
import { codePoints, mentionsIn } from "./names.ts";
import type { Clock, Draft, Guard, Write } from "./ports.ts";
import type { Presence } from "./presence.ts";

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

  post(actor: Actor, { conversation, key, text }: Args<"post">, placing?: () => void): Promise<Done> {
    const { store, clock, limits } = this.#parts;
    const command: KeyedCommand = {
      name: "post",
      log: conversation,
      key,
      content: text,
      decide: async (digest) => {
        const place = await authorize(store, actor, "post", conversation);
        checkText(text, limits.text);
        const mentions = text.includes("@") ? await this.#mentioned(text) : [];
        this.#parts.presence.typing(conversation, actor.user.id, false);
        const body = mentions.length > 0 ? { text, mentions } : { text };
        const author = actor.user.id;
        return writeBy(place, clock, { conversation, author, key, digest, kind: "message", body });
      },
    };
    return carryOut(this.#parts, actor, command, placing);
  }

  edit(actor: Actor, { conversation, key, target, text }: Args<"edit">, placing?: () => void): Promise<Done> {
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
        return writeBy(place, clock, draft, { is: "message", conversation, seq: target, author });
      },
    };
    return carryOut(this.#parts, actor, command, placing);
  }

  delete(actor: Actor, { conversation, key, target }: Args<"delete">, placing?: () => void): Promise<Done> {
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
    return carryOut(this.#parts, actor, command, placing);
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

function checkText(text: string, most: number): void {
  if (!text.isWellFormed() || text.includes("\u0000")) {
    throw new ChatError("bad_request", "text: neither lone surrogates nor the character U+0000 can be kept.");
  }
  if (text.trim() === "") throw new ChatError("text_empty");
  if (codePoints(text) > most) throw new ChatError("text_too_long", `A message has at most ${most} characters.`);
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
