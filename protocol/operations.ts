import { z } from "zod";
import { type CommandName, commands, receipt } from "./commands.ts";
import { conversation, conversationId, seq, visibility } from "./conversations.ts";
import { entry } from "./entries.ts";
import { digits, limit, type Operation, personDigits, personDigitsList, wait } from "./operation.ts";
import { person, userId } from "./people.ts";

const rows = { after: digits.optional(), limit: limit.optional() };
const peopleRows = { ...rows, after: personDigits.optional() };
const inConversation = z.object({ conversation: digits });
const atMessage = z.object({ conversation: digits, target: digits });
const ofPerson = z.object({ user: personDigits });
const atMember = z.object({ conversation: digits, user: personDigits });
const key = z.string().optional();
const keyOnly = z.object({ key });
const found = z.object({ conversation, people: z.array(person) });

/** Everything that can be asked for over HTTP, by name: routes, checks and documents come from this table. */
export const operations = {
  create_guest: {
    method: "POST",
    path: "/api/guests",
    about:
      "Holds a name and answers the token for it. The same secret is the same person; without one it is made. With `cookie` a browser keeps the token, out of reach of scripts.",
    open: true,
    body: z.object({ name: z.string(), secret: z.string().optional(), cookie: z.boolean().optional() }),
    result: z.object({ token: z.string().optional(), person }),
    status: 201,
  },
  me: {
    method: "GET",
    path: "/api/me",
    about: "Who the token belongs to, and their inbox: the conversation that says what concerns them.",
    result: z.object({ person, inbox: conversationId }),
  },
  update_me: {
    method: "PATCH",
    path: "/api/me",
    about: "Changes one's shown name, one's unique name, or both.",
    body: z.object({ name: z.string().optional(), handle: z.string().optional() }),
    result: commands.update_profile.result,
  },
  set_password: {
    method: "PUT",
    path: "/api/me/password",
    about:
      "Sets the caller's password, or another one in place of the `old`: their names are kept for good, and they can sign in elsewhere.",
    command: "set_password",
    keyed: true,
    body: z.object({ key, password: z.string(), old: z.string().optional() }),
    result: commands.set_password.result,
  },
  sign_in: {
    method: "POST",
    path: "/api/sign-in",
    about:
      "Answers another token for whoever has this shown or unique name and this password. With the same secret it is the same token; without one it is made. With `cookie` a browser keeps the token, out of reach of scripts.",
    open: true,
    body: z.object({
      name: z.string(),
      password: z.string(),
      secret: z.string().optional(),
      cookie: z.boolean().optional(),
    }),
    result: z.object({ token: z.string().optional(), person }),
  },
  sign_out: {
    method: "POST",
    path: "/api/sign-out",
    about: "Ends the token of this request, or with `everywhere` all of the caller's.",
    command: "sign_out",
    ends: true,
    keyed: true,
    body: z.object({ key, everywhere: z.boolean().optional() }),
    result: commands.sign_out.result,
  },
  delete_account: {
    method: "DELETE",
    path: "/api/me",
    about: "Ends the caller's account: their token and names are nobody's afterwards, their messages stay.",
    command: "delete_account",
    ends: true,
    keyed: true,
    body: keyOnly,
    result: commands.delete_account.result,
  },
  blocks: {
    method: "GET",
    path: "/api/me/blocks",
    about: "Whom the caller blocked, by the id of the person.",
    command: "blocks",
    query: z.strictObject(peopleRows),
    result: commands.blocks.result,
  },
  block: {
    method: "PUT",
    path: "/api/me/blocks/{user}",
    about:
      "From now on no message passes in the direct of the caller and this person, either way, and they cannot open one. Groups and rooms stay as they are.",
    command: "block",
    keyed: true,
    params: ofPerson,
    body: keyOnly,
    result: receipt,
  },
  unblock: {
    method: "DELETE",
    path: "/api/me/blocks/{user}",
    about: "Takes this person off the caller's block list: the two may write to each other again.",
    command: "unblock",
    keyed: true,
    params: ofPerson,
    body: keyOnly,
    result: receipt,
  },
  claim_server: {
    method: "POST",
    path: "/api/owner",
    about: "Makes the caller the server's owner, with the secret of the one-time link that is printed at the start.",
    body: z.object({ secret: z.string() }),
    result: z.object({ person }),
  },
  people: {
    method: "GET",
    path: "/api/people",
    about:
      "People by their `ids`, those that nobody has left out; or by `query`, a part of their shown or unique name, in the order of their ids.",
    query: z.strictObject({ ids: personDigitsList.optional(), query: z.string().optional(), ...peopleRows }),
    result: commands.find_people.result,
  },
  list_rooms: {
    method: "GET",
    path: "/api/rooms",
    about: "Public rooms, by id; `query` is a part of the name.",
    command: "list_rooms",
    query: z.strictObject({ ...rows, query: z.string().optional() }),
    result: commands.list_rooms.result,
  },
  create_room: {
    method: "POST",
    path: "/api/rooms",
    about: "Makes a room, which the caller owns.",
    command: "create_room",
    keyed: true,
    body: z.object({ key, name: z.string(), topic: z.string().optional(), visibility: visibility.optional() }),
    result: commands.create_room.result,
    status: 201,
  },
  open_direct: {
    method: "POST",
    path: "/api/directs",
    about: "The direct conversation with somebody, made when there is none.",
    command: "open_direct",
    keyed: true,
    body: z.object({ key, user: z.int() }),
    result: commands.open_direct.result,
  },
  create_group: {
    method: "POST",
    path: "/api/groups",
    about: "Makes a group of the caller and these people.",
    command: "create_group",
    keyed: true,
    body: z.object({ key, name: z.string().optional(), members: z.array(z.int()) }),
    result: commands.create_group.result,
    status: 201,
  },
  list_conversations: {
    method: "GET",
    path: "/api/conversations",
    about: "The caller's conversations, by id.",
    query: z.strictObject(rows),
    result: z.object({ conversations: z.array(conversation), people: z.array(person), next: z.int().nullable() }),
  },
  get_conversation: {
    method: "GET",
    path: "/api/conversations/{conversation}",
    about: "One conversation as the caller sees it.",
    params: inConversation,
    result: found,
  },
  rename: {
    method: "PATCH",
    path: "/api/conversations/{conversation}",
    about: "Gives a room or a group another name.",
    command: "rename",
    keyed: true,
    params: inConversation,
    body: z.object({ key, name: z.string() }),
    result: receipt,
  },
  delete_room: {
    method: "DELETE",
    path: "/api/conversations/{conversation}",
    about: "Ends a room for everybody.",
    command: "delete_room",
    keyed: true,
    params: inConversation,
    body: keyOnly,
    result: receipt,
  },
  join: {
    method: "POST",
    path: "/api/conversations/{conversation}/join",
    about: "Makes the caller a member of a public room.",
    command: "join",
    keyed: true,
    params: inConversation,
    body: keyOnly,
    result: commands.join.result,
  },
  leave: {
    method: "POST",
    path: "/api/conversations/{conversation}/leave",
    about: "Ends the caller's membership.",
    command: "leave",
    keyed: true,
    params: inConversation,
    body: keyOnly,
    result: receipt,
  },
  history: {
    method: "GET",
    path: "/api/conversations/{conversation}/messages",
    about: "A page of history: the newest, or the one before, after or around a seq.",
    command: "history",
    params: inConversation,
    query: z.strictObject({
      before: digits.optional(),
      after: digits.optional(),
      around: digits.optional(),
      limit: limit.optional(),
    }),
    result: commands.history.result,
  },
  entries: {
    method: "GET",
    path: "/api/conversations/{conversation}/entries",
    about:
      "The log after a seq, as the socket tells it: go on after `to`. Seqs that are left out were never the caller's to read. With `wait`, up to 20 seconds, an answer that would be empty comes with the next entry.",
    params: inConversation,
    query: z.strictObject({ after: digits.optional(), limit: limit.optional(), wait: wait.optional() }),
    result: z.object({ entries: z.array(entry), to: seq, head: seq }),
  },
  post: {
    method: "POST",
    path: "/api/conversations/{conversation}/messages",
    about:
      "Posts a message. With `reply_to`, the seq of a message here, it answers that one. The same key again changes nothing and answers the same.",
    command: "post",
    keyed: true,
    params: inConversation,
    body: z.object({ key, text: z.string(), reply_to: z.int().nonnegative().optional() }),
    result: receipt,
    status: 201,
  },
  edit: {
    method: "PATCH",
    path: "/api/conversations/{conversation}/messages/{target}",
    about: "Gives one of the caller's messages another text.",
    command: "edit",
    keyed: true,
    params: atMessage,
    body: z.object({ key, text: z.string() }),
    result: receipt,
  },
  delete: {
    method: "DELETE",
    path: "/api/conversations/{conversation}/messages/{target}",
    about: "Blanks a message and all its edits.",
    command: "delete",
    keyed: true,
    params: atMessage,
    body: keyOnly,
    result: receipt,
  },
  receipts: {
    method: "GET",
    path: "/api/conversations/{conversation}/messages/{seq}/receipts",
    about:
      "When an entry was committed, and how many others have it and read it; for its author and the server's owner also who and when, where few talk.",
    command: "receipts",
    params: z.object({ conversation: digits, seq: digits }),
    result: commands.receipts.result,
  },
  mark: {
    method: "PUT",
    path: "/api/conversations/{conversation}/marks",
    about: "Moves the caller's marks forward; a smaller number changes nothing.",
    command: "mark",
    params: inConversation,
    body: z.object({ delivered: z.int().nonnegative().optional(), read: z.int().nonnegative().optional() }),
    result: commands.mark.result,
  },
  presence: {
    method: "GET",
    path: "/api/conversations/{conversation}/presence",
    about:
      "Who is here and who is writing now. `here` is left out above the size at which only a count is told. Whoever only asks over HTTP is not here.",
    params: inConversation,
    result: z.object({
      count: z.int(),
      here: z.array(userId).optional(),
      writing: z.array(userId),
      people: z.array(person),
    }),
  },
  typing: {
    method: "PUT",
    path: "/api/conversations/{conversation}/typing",
    about: "The caller is writing, or stopped. It ends by itself after six seconds.",
    params: inConversation,
    body: z.object({ active: z.boolean() }),
    result: z.object({}),
  },
  list_members: {
    method: "GET",
    path: "/api/conversations/{conversation}/members",
    about: "Members, by the id of the person.",
    command: "list_members",
    params: inConversation,
    query: z.strictObject(peopleRows),
    result: commands.list_members.result,
  },
  add_member: {
    method: "PUT",
    path: "/api/conversations/{conversation}/members/{user}",
    about: "Makes somebody a member.",
    command: "add_member",
    keyed: true,
    params: atMember,
    body: keyOnly,
    result: receipt,
  },
  remove_member: {
    method: "DELETE",
    path: "/api/conversations/{conversation}/members/{user}",
    about: "Ends somebody's membership.",
    command: "remove_member",
    keyed: true,
    params: atMember,
    body: keyOnly,
    result: receipt,
  },
  health: {
    method: "GET",
    path: "/health",
    about: "Answers as long as the process lives. `timestamp` is in seconds.",
    open: true,
    result: z.object({
      status: z.literal("healthy"),
      version: z.string(),
      uptime_s: z.int(),
      active_connections: z.int(),
      timestamp: z.number(),
    }),
  },
  ready: {
    method: "GET",
    path: "/ready",
    about:
      "Can work be sent here? 503 where the store does not answer, and during a stop. Without the bus nodes hear each other a beat late.",
    open: true,
    result: z.object({ ready: z.boolean(), store: z.boolean(), bus: z.boolean(), draining: z.boolean() }),
    otherwise: 503,
  },
  stats: {
    method: "GET",
    path: "/stats",
    about:
      "Figures of this process, counted since its start. `rooms` names the public rooms in which somebody is now; `total_messages` is what was written since the start.",
    open: true,
    result: z.object({
      version: z.string(),
      uptime_s: z.int(),
      total_connections: z.int(),
      active_users: z.int(),
      total_rooms: z.int(),
      total_messages: z.int(),
      rooms: z.array(z.string()),
      conversations_followed: z.int(),
      entries: z.int(),
      commits: z.int(),
      requests: z.int(),
      memory: z.object({ rss_bytes: z.int(), heap_bytes: z.int() }),
    }),
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

/** Where a command has another name over HTTP, or why it has no request there. */
export const ELSEWHERE: Partial<Record<CommandName, OperationName | { because: string }>> = {
  update_profile: "update_me",
  find_people: "people",
  look: "presence",
  follow: "entries",
  unfollow: { because: "A request for entries ends by itself." },
};

type Fields<O, Part extends string> = O extends { [P in Part]: infer S extends z.ZodObject } ? z.infer<S> : unknown;
type Key<O> = O extends { keyed: true } ? { key: string } : unknown;

/** The arguments of one operation, as they are once path, query, body and key were understood. */
export type Input<O extends OperationName> = Omit<Fields<(typeof operations)[O], "body">, "key"> &
  Fields<(typeof operations)[O], "params"> &
  Fields<(typeof operations)[O], "query"> &
  Key<(typeof operations)[O]>;
export type Output<O extends OperationName> = z.infer<(typeof operations)[O]["result"]>;
