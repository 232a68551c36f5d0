import { z } from "zod";
import { commands, receipt } from "../commands.ts";
import { conversationId } from "../conversations.ts";
import { key, keyOnly, type Operation, ofPerson, peopleRows, personDigitsList } from "../operation.ts";
import { person } from "../people.ts";

/** Who somebody is, how they come in and end, and whom else there is. */
export const peopleOperations = {
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
} as const satisfies Record<string, Operation>;
