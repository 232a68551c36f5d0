import { z } from "zod";
import { commands, receipt } from "../commands.ts";
import { seq } from "../conversations.ts";
import { entry } from "../entries.ts";
import { atMessage, digits, inConversation, key, keyOnly, limit, type Operation, wait } from "../operation.ts";
import { person, userId } from "../people.ts";

/** What is said in a conversation, how far people are with it, and who is here now. */
export const messageOperations = {
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
} as const satisfies Record<string, Operation>;
