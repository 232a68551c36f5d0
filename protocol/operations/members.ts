import { z } from "zod";
import { commands, receipt } from "../commands.ts";
import { atMember, inConversation, keyOnly, type Operation, peopleRows } from "../operation.ts";

/** Who is in a conversation. */
export const memberOperations = {
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
} as const satisfies Record<string, Operation>;
