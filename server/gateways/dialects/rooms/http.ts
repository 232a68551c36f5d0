import { ChatError } from "@parley/protocol/errors";
import type { ConversationId } from "@parley/protocol/ids";
import { obtain } from "../../../core/authorize.ts";
import type { User } from "../../../core/rows.ts";
import type { Channels } from "../../channels.ts";
import { bodyIn, detail, faults, notAllowed } from "../../detail.ts";
import type { HttpAsked } from "../../dialect.ts";
import type { DialectParts } from "../../foreign.ts";
import { naive } from "../../naive.ts";
import { orTooFast } from "../../rates.ts";
import { provenBy } from "../../who.ts";
import { messagesOf } from "./messages.ts";
import { newRoom, type RoomShown } from "./table.ts";

/** Somebody who proved who they are; null for everybody else. */
type Proven = User | null;
type Answer = (by: Proven) => Promise<Response>;

/** Milliseconds that the sockets of a deleted room may take to be told so, before the deletion is answered. */
const TELLING = 1_000;

/** Pure: the id of a room as it stands in an address; null where it is none. */
export function roomId(segment: string): ConversationId | null {
  return /^\d{1,15}$/.test(segment) ? Number(segment) : null;
}

/** `/api/chat/rooms…`: rooms are made, listed, read and deleted, by anybody where they belong to nobody. */
export function roomsOverHttp(parts: DialectParts, channels: Channels): (asked: HttpAsked) => Promise<Response> | null {
  const rooms = new RoomsOverHttp(parts, channels);
  return (asked) => {
    const methods = rooms.at(asked);
    if (!methods) return null;
    return asked.slash ? Promise.resolve(withoutSlash(asked.request.url)) : answered(parts, asked, methods);
  };
}

async function answered(parts: DialectParts, asked: HttpAsked, methods: Record<string, Answer>): Promise<Response> {
  const answer = methods[asked.method];
  if (!answer) return notAllowed(Object.keys(methods).join(", "));
  try {
    return await answer(await provenBy(parts, asked));
  } catch (error) {
    const known = error instanceof ChatError ? refusals[error.code]?.(error) : undefined;
    if (known) return known;
    throw error;
  }
}

const noRoom = () => detail(404, "Room not found");
const notTheirs = () => detail(403, "Only whoever owns this room may delete it.");

/** What old clients know an answer to. */
const refusals: Partial<Record<ChatError["code"], (error: ChatError) => Response>> = {
  not_found: noRoom,
  gone: noRoom,
  name_taken: () => detail(400, "Room already exists"),
  bad_name: ({ message }) => faults([{ code: "bad_name", path: ["name"], message }]),
  not_member: notTheirs,
  forbidden: notTheirs,
};

function withoutSlash(address: string): Response {
  const { pathname, search } = new URL(address);
  return new Response(null, { status: 307, headers: { location: pathname.slice(0, -1) + search } });
}

class RoomsOverHttp {
  readonly #parts: DialectParts;
  readonly #channels: Channels;

  constructor(parts: DialectParts, channels: Channels) {
    this.#parts = parts;
    this.#channels = channels;
  }

  /** What can be done at this path; null where it is none of ours. */
  at(asked: HttpAsked): Record<string, Answer> | null {
    const [api, chat, rooms, id, messages, ...more] = asked.segments;
    if (api !== "api" || chat !== "chat" || rooms !== "rooms" || more.length > 0) return null;
    if (id === undefined) return { GET: () => this.#list(), POST: (by) => this.#make(asked, by) };
    if (messages === undefined) return { DELETE: (by) => this.#delete(id, by) };
    return messages === "messages" ? { GET: (by) => this.#messages(id, by) } : null;
  }

  async #list(): Promise<Response> {
    const rooms = (await this.#parts.chat.rooms.list()).map(shown);
    return Response.json({ rooms, count: rooms.length });
  }

  async #make({ request, network }: HttpAsked, by: Proven): Promise<Response> {
    const { chat, limits, rates } = this.#parts;
    const body = await bodyIn(newRoom, request, limits.bodyBytes);
    if (body instanceof Response) return body;
    // Whoever proves nothing is a newcomer each time.
    if (!by) orTooFast(rates.signIn(network));
    const { id, created } = await chat.rooms.open(body.name, by);
    return Response.json(shown({ id, name: body.name, created }), { status: 201 });
  }

  /** Answers when the sockets of this room are closed. */
  async #delete(segment: string, by: Proven): Promise<Response> {
    const id = await this.#room(segment, by ?? (await this.#parts.chat.house()));
    const channel = this.#channels.get(id);
    await this.#parts.chat.rooms.close(id, by && { user: by });
    if (channel) await this.#within(TELLING, channel.over);
    return new Response(null, { status: 204 });
  }

  /** Resolves with the promise, or after so many milliseconds without it: a bus may be slow, or lose what it was told. */
  #within(ms: number, done: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      void done.then(() => {
        cancel();
        resolve();
      });
    });
  }

  async #messages(segment: string, by: Proven): Promise<Response> {
    const { chat } = this.#parts;
    const user = by ?? (await chat.house());
    const body = await messagesOf(chat, { user }, await this.#room(segment, user));
    return new Response(body, { headers: { "content-type": "application/json" } });
  }

  /** The id of a room that this person sees. Throws `not_found` and `gone`. */
  async #room(segment: string, user: User): Promise<ConversationId> {
    const id = roomId(segment);
    if (id === null) throw new ChatError("not_found");
    const { row } = await obtain(this.#parts.store, { user }, id);
    if (row.kind !== "room") throw new ChatError("not_found");
    return id;
  }
}

function shown({ id, name, created }: { id: ConversationId; name: string; created: number }): RoomShown {
  return { id, name, created_at: naive(created) };
}
