import type { Entry } from "@parley/protocol/entries";
import { ChatError, ERRORS } from "@parley/protocol/errors";
import type { ConversationId, Seq, UserId } from "@parley/protocol/ids";
import type { Tap } from "../../../core/hearers.ts";
import type { DialectParts } from "../../foreign.ts";
import { existing } from "./acting.ts";
import type { To } from "./codec.ts";
import { openDirect } from "./posting.ts";
import type { Reader } from "./seats.ts";
import type { Talk } from "./talk.ts";
import type { Talks } from "./talks.ts";

export interface PlacesParts extends Pick<DialectParts, "chat" | "store" | "clock" | "newKey" | "observer"> {
  talks: Talks;
  /** The public room that everybody of this dialect is in, where there is one. */
  home: ConversationId | null;
  /** This person is nobody any more. */
  ended(): void;
}

/** Milliseconds before a conversation that could not be entered is tried again. */
const AGAIN = 1_000;

/** Where one socket's person is: their directs, their groups and the home room, now and as their inbox tells. */
export class Places implements Tap {
  readonly #parts: PlacesParts;
  readonly #reader: Reader;
  readonly #entered = new Map<ConversationId, Promise<Talk>>();
  /** Of those, the talks in which there is a seat. */
  readonly #seated = new Map<ConversationId, Talk>();
  readonly #directs = new Map<UserId, ConversationId>();
  #untap: () => void = () => {};
  #isClosed = false;

  constructor(parts: PlacesParts, reader: Reader) {
    this.#parts = parts;
    this.#reader = reader;
  }

  /** Goes to all places, one after the other, and says what was missed there. */
  async begin(): Promise<void> {
    try {
      await this.#goEverywhere();
    } catch (error) {
      if (this.#isClosed) return;
      this.#parts.observer.log("warn", "not_begun", { error: String(error) });
      this.#parts.clock.after(AGAIN, () => void this.begin());
    }
  }

  /** Whom something is for, as a talk where they sit already. */
  seated(to: To): Talk | undefined {
    const conversation = "group" in to ? to.group : this.#directs.get(to.user);
    const talk = conversation === undefined ? undefined : this.#seated.get(conversation);
    return talk?.seats(this.#reader) ? talk : undefined;
  }

  /** Whom something is for, as a talk; a direct that is not there yet is made. Throws ChatError. */
  async find(to: To): Promise<Talk> {
    if ("group" in to) return this.#group(to.group);
    const known = this.#directs.get(to.user);
    if (known !== undefined) return this.#enter(known, false);
    const opened = await openDirect(this.#parts, { user: this.#reader.user }, to.user);
    return this.#enter(opened, false);
  }

  /** The same where nothing is to be made: null where these two never talked. */
  async findOpen(to: To): Promise<Talk | null> {
    if ("group" in to) return this.#group(to.group);
    const { store } = this.#parts;
    const known = this.#directs.get(to.user) ?? (await store.direct(this.#reader.user.id, to.user))?.id;
    if (known !== undefined) return this.#enter(known, false);
    await existing(this.#parts, to.user, `User ${to.user} does not exist.`);
    return null;
  }

  /** How far what was said in a conversation is known to have come to this person, by whatever device. */
  delivered(conversation: ConversationId): Seq {
    return this.#seated.get(conversation)?.delivered(this.#reader) ?? 0;
  }

  heard(entries: readonly Entry[]): void {
    for (const entry of entries) if (entry.kind === "added") this.#bring(entry.body.conversation);
  }

  told(): void {}

  gone(): void {
    this.#parts.ended();
  }

  /** A talk says nothing more to this socket. */
  left(conversation: ConversationId): void {
    this.#entered.delete(conversation);
    this.#seated.delete(conversation);
  }

  close(): void {
    this.#isClosed = true;
    this.#untap();
    for (const entered of this.#entered.values()) {
      entered.then(
        (talk) => talk.leave(this.#reader),
        () => {},
      );
    }
    this.#entered.clear();
    this.#seated.clear();
  }

  async #goEverywhere(): Promise<void> {
    const { chat, store, home } = this.#parts;
    const { id, inbox } = this.#reader.user;
    this.#untap();
    const { untap } = await chat.tap(inbox, this);
    this.#untap = untap;
    if (this.#isClosed) return untap();
    for (const { row } of await store.memberships(id)) {
      if (this.#isClosed) return;
      if (row.kind === "room" && row.id !== home) continue;
      await this.#enter(row.id, false).catch((error) => this.#tryAgain(row.id, error));
    }
  }

  async #group(conversation: ConversationId): Promise<Talk> {
    const { store, home } = this.#parts;
    const known = this.#entered.get(conversation);
    const row = known ? null : await store.conversation(conversation);
    if (!known && row?.kind !== "group" && row?.id !== home) throw noGroup(conversation);
    return this.#enter(conversation, false).catch((error) => {
      const isHidden = error instanceof ChatError && ["not_found", "not_member"].includes(error.code);
      throw isHidden ? noGroup(conversation) : error;
    });
  }

  #bring(conversation: ConversationId): void {
    void this.#bringNow(conversation).catch((error) => this.#tryAgain(conversation, error));
  }

  async #bringNow(conversation: ConversationId): Promise<void> {
    const row = await this.#parts.store.conversation(conversation);
    const isOurs = row?.kind === "direct" || row?.kind === "group" || conversation === this.#parts.home;
    if (isOurs && !this.#isClosed) await this.#enter(conversation, true);
  }

  /** Where the store does not answer, again a little later. */
  #tryAgain(conversation: ConversationId, error: unknown): void {
    if (this.#isClosed || (error instanceof ChatError && !ERRORS[error.code].retry)) return;
    this.#parts.observer.log("debug", "not_entered", { conversation, error: String(error) });
    this.#parts.clock.after(AGAIN, () => this.#bring(conversation));
  }

  #enter(conversation: ConversationId, isNew: boolean): Promise<Talk> {
    const known = this.#entered.get(conversation);
    if (known) return known;
    const entering = this.#enterNow(conversation, isNew).catch((error) => {
      if (this.#entered.get(conversation) === entering) this.#entered.delete(conversation);
      throw error;
    });
    this.#entered.set(conversation, entering);
    return entering;
  }

  async #enterNow(conversation: ConversationId, isNew: boolean): Promise<Talk> {
    const talk = await this.#parts.talks.open(conversation);
    await talk.enter(this.#reader, isNew);
    if (this.#isClosed) talk.leave(this.#reader);
    else this.#seated.set(conversation, talk);
    const partner = talk.partnerOf(this.#reader.user.id);
    if (partner !== null) this.#directs.set(partner, conversation);
    return talk;
  }
}

function noGroup(conversation: ConversationId): ChatError {
  return new ChatError("not_found", `You are in no group ${conversation}.`);
}
