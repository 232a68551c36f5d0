import { ChatError } from "@parley/protocol/errors";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import type { ConversationRow, User } from "../../../core/rows.ts";
import { bodyIn, detail, faults } from "../../detail.ts";
import type { HttpAsked } from "../../dialect.ts";
import type { DialectParts } from "../../foreign.ts";
import { orTooFast } from "../../rates.ts";
import { actingAs, existing, readingIn } from "./acting.ts";
import { numberIn, type To } from "./codec.ts";
import { groupAt } from "./home.ts";
import { newest, type Stretch } from "./newest.ts";
import { markRead, messageAt, openDirect, post } from "./posting.ts";
import { shown } from "./shown.ts";
import { listQuery, type MessageShown, newMessage, readQuery, understood } from "./table.ts";

/** Answers somebody whom a token proves, or who proves nothing. Throws ChatError. */
export type Answer = (asked: HttpAsked, proven: User | null) => Promise<Response>;

const USUAL = 50;
const NO_SENDER = "Sender does not exist";
const NO_RECIPIENT = "Receiver does not exist";
const NO_GROUP = "Group does not exist";
const NO_MESSAGE = "Message not found";

/** `POST /messages/`: says something; everybody whom it is for is told at once. */
export function createMessage(parts: DialectParts): Answer {
  return async ({ request }, proven) => {
    const body = await bodyIn(newMessage, request, parts.limits.bodyBytes);
    if (body instanceof Response) return body;
    const { sender, to, ...said } = understood(body);
    const user = await writingAs(parts, await existing(parts, sender, NO_SENDER), proven);
    const row = await place(parts, user, to);
    const id = await post(parts, { user }, { ...said, conversation: row.id }).catch(outside);
    return Response.json(await justSaid(parts, row, user, id), { status: 201 });
  };
}

/** `GET /messages/`: what two people said to each other, or what was said in a group, the newest first. */
export function listMessages(parts: DialectParts): Answer {
  return async ({ query }, proven) => {
    const asked = listQuery.safeParse(Object.fromEntries(query));
    if (!asked.success) return faults(asked.error.issues, "query");
    const { user1_id, user2_id, group_id, limit = USUAL, offset = 0 } = asked.data;
    const stretch = { limit: Number(limit), offset: Number(offset) };
    if (group_id !== undefined) return inGroup(parts, Number(group_id), stretch, proven);
    if (user1_id === undefined || user2_id === undefined) {
      return detail(400, "You must provide group_id or both user IDs");
    }
    return between(parts, [Number(user1_id), Number(user2_id)], stretch, proven);
  };
}

/** `PUT /messages/{message_id}/read` */
export function readMessage(parts: DialectParts, message: string): Answer {
  return async ({ query }, proven) => {
    const asked = readQuery.safeParse(Object.fromEntries(query));
    if (!asked.success) return faults(asked.error.issues, "query");
    const id = numberIn(message);
    if (id === null) return noNumber("message_id");
    const reader = await existing(parts, Number(asked.data.user_id), NO_MESSAGE);
    await markRead(parts, { user: await writingAs(parts, reader, proven) }, id).catch(told("not_found", NO_MESSAGE));
    return Response.json({ status: "success", message: "Message marked as read" });
  };
}

/** This person, where the caller may act as them: within their limit, whoever it is that says to be them. */
async function writingAs(parts: DialectParts, person: User, proven: User | null): Promise<User> {
  const user = await actingAs(parts, [person], proven);
  if (user.id !== proven?.id) orTooFast(parts.rates.deed(user.id));
  return user;
}

/** What a number in an address is answered with that is none. */
export function noNumber(name: string): Response {
  return faults([{ code: "int_parsing", path: [name], message: "must be a whole number" }], "path");
}

async function inGroup(parts: DialectParts, id: ConversationId, stretch: Stretch, proven: User | null) {
  const row = await groupAt(parts, id);
  if (!row) throw new ChatError("not_found", NO_GROUP);
  return listed(parts, await readingIn(parts, row, proven, NO_GROUP), row, stretch);
}

async function between(parts: DialectParts, ids: [UserId, UserId], stretch: Stretch, proven: User | null) {
  const people = await parts.chat.people.known([...new Set(ids)]);
  if (people.length < new Set(ids).size) return Response.json([]);
  const user = await actingAs(parts, people, proven);
  const row = await parts.store.direct(...ids);
  return row ? listed(parts, user, row, stretch) : Response.json([]);
}

async function listed({ chat, store }: DialectParts, user: User, row: ConversationRow, stretch: Stretch) {
  return Response.json(await shown(store, row, await newest(chat, user, row.id, stretch)));
}

/** Where this is to be said; a direct that is not there yet is made. */
async function place(parts: DialectParts, user: User, to: To): Promise<ConversationRow> {
  if ("group" in to) {
    const row = await groupAt(parts, to.group);
    if (row) return row;
    throw new ChatError("not_found", NO_GROUP);
  }
  await existing(parts, to.user, NO_RECIPIENT);
  const id = await openDirect(parts, { user }, to.user).catch(told("not_found", NO_RECIPIENT));
  return (await parts.store.conversation(id)) as ConversationRow;
}

async function justSaid(parts: DialectParts, row: ConversationRow, user: User, id: number): Promise<MessageShown> {
  const { entry } = await messageAt(parts, { user }, id);
  const [message] = await shown(parts.store, row, [{ ...entry, ...entry.body }]);
  return message as MessageShown;
}

/** In a public room somebody who is no member is told so; to everybody else a group of others is none. */
function outside(error: unknown): never {
  if (!(error instanceof ChatError)) throw error;
  if (error.code === "not_member") throw new ChatError("not_member", "User is not member of this group");
  throw error;
}

/** A refusal of this code becomes one that old clients know. */
function told(code: ChatError["code"], text: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof ChatError && error.code === code ? new ChatError("not_found", text) : error;
  };
}
